package dev.backfleet.common.settings;

/** How workers take tasks. */
public enum TaskQueueMode {
    /** Share groups where the cluster has them, else consumer groups. */
    AUTO,
    /** Share groups (Kafka 4.2 and later with share.version 1 or above); an error where the cluster has none. */
    SHARE,
    /** Consumer groups: every Kafka, and what speaks its protocol. */
    GROUP
}
