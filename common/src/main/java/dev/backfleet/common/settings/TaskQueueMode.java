package dev.backfleet.common.settings;

/** How workers take tasks. */
public enum TaskQueueMode {
    /** Share groups if the cluster supports them, otherwise consumer groups. */
    AUTO,
    /** Share groups (Kafka 4.2 and later with share.version 1 or above); an error if the cluster has none. */
    SHARE,
    /** Consumer groups: every Kafka, and compatible brokers. */
    GROUP
}
