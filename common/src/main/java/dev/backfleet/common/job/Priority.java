package dev.backfleet.common.job;

/** How large a share of the fleet's slots a job gets beside others. */
public enum Priority {
    LOW(1),
    NORMAL(2),
    HIGH(4);

    private final int weight;

    Priority(int weight) {
        this.weight = weight;
    }

    /** Its share, beside those of others. */
    public int weight() {
        return weight;
    }
}
