package dev.backfleet.common.kafka;

/**
 * The names of topics and groups that one installation uses on the cluster.
 *
 * @param prefix what all names begin with
 */
public record Topics(String prefix) {

    /** The tasks topic. */
    public String tasks() {
        return prefix + ".tasks";
    }

    /** The control topic, compacted: desired states. */
    public String control() {
        return prefix + ".control";
    }

    /** The events topic. */
    public String events() {
        return prefix + ".events";
    }

    /** The lifecycle topic: what happens to jobs and to the fleet, for other programs. */
    public String lifecycle() {
        return prefix + ".lifecycle";
    }

    /** The share group of the workers. */
    public String shareGroup() {
        return prefix + "-workers";
    }

    /**
     * The consumer group of the workers. A group id belongs to one type of group for ever, so it differs from the share
     * group's.
     */
    public String consumerGroup() {
        return prefix + "-workers-group";
    }
}
