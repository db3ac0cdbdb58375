package dev.backfleet.common.settings;

/** A part of the system that reads settings. */
public enum Part {
    /** The commands of the command line. */
    COMMAND_LINE("command line"),
    /** The service that plans and dispatches. */
    COORDINATOR("coordinator"),
    /** The service that changes rows. */
    WORKER("worker");

    private final String words;

    Part(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
