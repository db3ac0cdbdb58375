package dev.backfleet.common.settings;

/** How workers take tasks. */
public enum TaskQueueMode {
    /** Share groups where the cluster has them, else consumer groups. */
    AUTO,
    /** Share groups; an error where the cluster has none. */
    SHARE,
    /** Consumer groups. */
    GROUP
}
