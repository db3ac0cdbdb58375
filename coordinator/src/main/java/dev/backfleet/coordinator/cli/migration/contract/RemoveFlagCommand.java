package dev.backfleet.coordinator.cli.migration.contract;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes a flag that no code asks any more. */
@Command(
        name = "rm",
        description = {
            "Remove the flag of a migration that has ended, when no code asks it any more: a flag that is not there is false, so code",
            "that still asked would read the old columns. Refused while an instance of an application has reported it within an hour."
        },
        footer = {"", "Example:", "  backfleet migration flags rm split-names"})
public final class RemoveFlagCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Parameters(index = "0", paramLabel = "FLAG", description = "The flag's name, which is that of its migration.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String flag;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        confirmation.require(options, spec, "remove the flag " + flag + ": whoever still asks it is told false");
        try (var session = Session.openToStore(options)) {
            session.migrations().ending().removeFlag(session.actor(), flag);
        }
        spec.commandLine().getOut().println(flag + " was removed");
        return ExitCode.DONE;
    }
}
