package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives a migration up. */
@Command(
        name = "abort",
        description = {
            "Give a migration up: cancel its job, drop the sync, and take back what 'apply' has made, the last step first. The old",
            "shape was kept up all the time, so nothing of it is lost; what was written only in the new shape is. Steps that others",
            "have made are left, and named. Run it again if it was interrupted."
        },
        footer = {"", "Example:", "  backfleet migration abort split-names"})
public final class AbortCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final MigrationArgument migration = new MigrationArgument();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Option(
            names = "--discard-new-only",
            description = {
                "Accept that rows lose what they hold in the new shape and the old one cannot say. Without it, an abort is refused (10) if the",
                "last reconcile has counted such rows, or began before reads were switched or taken back; without 'down' nothing counts",
                "them, and it is refused when reads have ever been switched."
            })
    private boolean discards;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        confirmation.require(
                options, spec, "drop the new shape of the migration " + migration.idOrName() + ", with what is in it");
        var out = spec.commandLine().getOut();
        try (var session = Session.openToStore(options)) {
            session.migrations().abort().run(session.actor(), migration.idOrName(), discards, new ApplyPrinter(out));
        }
        out.println("ABORTED");
        out.flush();
        return ExitCode.DONE;
    }
}
