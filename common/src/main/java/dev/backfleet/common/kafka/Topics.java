package dev.backfleet.common.kafka;

/**
 * The names that one installation uses on the cluster.
 *
 * @param prefix what all names begin with
 */
public record Topics(String prefix) {

    /** Permits to work on shards. */
    public String tasks() {
        return prefix + ".tasks";
    }

    /** What people want, compacted. */
    public String control() {
        return prefix + ".control";
    }

    /** What happened. */
    public String events() {
        return prefix + ".events";
    }

    /** The share group of the workers. */
    public String shareGroup() {
        return prefix + "-workers";
    }

    /** The consumer group of the workers: a group id belongs to one type of group for good, so it has its own. */
    public String consumerGroup() {
        return prefix + "-workers-group";
    }
}
