package dev.backfleet.common.settings;

/** A part of the system that reads settings. */
public enum Part {
    /** The commands that a person calls. */
    COMMAND_LINE("command line"),
    /** The service that plans and dispatches. */
    COORDINATOR("coordinator"),
    /** The service that changes rows. */
    WORKER("worker");

    private final String words;

    Part(String words) {
        this.words = words;
    }

    /** The part's name in documents. */
    public String words() {
        return words;
    }
}
