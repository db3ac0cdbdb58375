package dev.backfleet.coordinator.cli.migration;

import picocli.CommandLine.Parameters;

/** The migration that a command is about, as a mixin. */
public final class MigrationArgument {
    @Parameters(
            index = "0",
            paramLabel = "MIGRATION",
            description = "The migration's id or name; of several with the name, the newest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String idOrName;

    /** As it was written. */
    public String idOrName() {
        return idOrName;
    }
}
