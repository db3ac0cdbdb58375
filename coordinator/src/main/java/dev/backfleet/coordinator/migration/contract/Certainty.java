package dev.backfleet.coordinator.migration.contract;

/** How certain a line of the report is. */
public enum Certainty {
    /** The database tells it. */
    PROVEN("proven"),
    /** It was looked for and not found. */
    EVIDENCE("evidence"),
    /** Only a person can say it. */
    CANNOT_BE_KNOWN("cannot be known");

    private final String words;

    Certainty(String words) {
        this.words = words;
    }

    /** As the report writes it. */
    public String words() {
        return words;
    }
}
