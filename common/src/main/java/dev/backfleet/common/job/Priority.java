package dev.backfleet.common.job;

/** The weight of a job when the fleet's slots are shared among jobs. */
public enum Priority {
    LOW(1),
    NORMAL(2),
    HIGH(4);

    private final int weight;

    Priority(int weight) {
        this.weight = weight;
    }

    /** The weight relative to other jobs. */
    public int weight() {
        return weight;
    }
}
