package dev.backfleet.coordinator.cli.session;

import picocli.CommandLine.Parameters;

/** The job that a command is about, as a mixin. */
public final class JobArgument {
    @Parameters(
            index = "0",
            paramLabel = "JOB",
            description = "The job's id or name; of several with the name, the newest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String idOrName;

    /** As it was written. */
    public String idOrName() {
        return idOrName;
    }

    @Override
    public String toString() {
        return idOrName;
    }
}
