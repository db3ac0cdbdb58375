package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.End;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes a migration as far as it goes without a decision of a person. */
@Command(
        name = "apply",
        description = {
            "Take a migration as far as it goes without a decision of a person: new columns, sync, backfill, indexes and constraints,",
            "reconcile. Executes its statements itself, as the user of the database's URL or the role in the file, which must own the",
            "table; the coordinator and the workers need no such right. Steps that are there are found, whoever made them: run it",
            "again after a failure or Ctrl-C, and in each run of a pipeline.",
            "Exits with 0 when the migration is READY: every row has both shapes, and a reconcile has proven it. With 11 if a step did",
            "not get its locks in the time to give up, and with 10 if something else has to happen first; the last line says what."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration apply split-names.migration.yaml",
            "  backfleet migration apply split-names.migration.yaml --no-wait   in a pipeline: do not wait for jobs"
        })
public final class ApplyCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final MigrationFile file = new MigrationFile();

    @Option(
            names = "--no-wait",
            description = "Do not wait for the backfill and the reconcile: end where it would wait.")
    private boolean noWait;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var parsed = file.parsed();
        var line = spec.commandLine();
        try (var session = Session.openToStore(options)) {
            var applied = session.migrations()
                    .apply()
                    .run(
                            session.actor(),
                            parsed,
                            !noWait,
                            new ApplyPrinter(output.json() ? line.getErr() : line.getOut()));
            output.print(applied, () -> words(applied));
            return code(applied.end());
        }
    }

    private static String words(Applied applied) {
        return applied.name() + " (id " + applied.id() + ") " + applied.state()
                + (applied.waitsFor() == null ? "" : "; waits for: " + applied.waitsFor()) + "\n";
    }

    private static ExitCode code(End end) {
        return switch (end) {
            case READY -> ExitCode.DONE;
            case JOB_FAILED -> ExitCode.JOB_FAILED;
            case QUARANTINED -> ExitCode.QUARANTINED;
            case WAITS, GATE_CLOSED, OTHERS -> ExitCode.REFUSED_BY_GATE;
        };
    }
}
