package dev.backfleet.common.kafka;

/** How workers share the tasks of the tasks topic. */
public enum TaskQueueMode {
    /** Share groups where the cluster has them, consumer groups elsewhere. */
    AUTO,
    /** A share group (Kafka 4.2 and later with the feature share.version at 1 or above). */
    SHARE,
    /** A consumer group: every Kafka, and what speaks its protocol. */
    GROUP
}
