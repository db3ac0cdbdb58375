package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a migration would do, before it is applied. */
@Command(
        name = "plan",
        description = {
            "Show what a migration would do, and what to know before it is applied. Stores and changes nothing, and needs no Kafka.",
            "Each step is shown with its statements, its locks, for how long it holds them, who has a conflicting lock now, and the",
            "statements that take it back; the spec of its job, with what is to be known about that.",
            "Exits with 10 if a finding has the severity error, and with 2 if the file is wrong."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration plan split-names.migration.yaml",
            "  backfleet migration plan split-names.migration.yaml -o json | jq -r '.steps[].statements[]'"
        })
public final class MigrationPlanCommand implements Callable<ExitCode> {
    private static final Duration LOCKS = Duration.ofSeconds(5);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final MigrationFile file = new MigrationFile();

    @Option(
            names = "--checks",
            description = "Show also the query that tells whether a step is done. JSON always has it.")
    private boolean checks;

    @Option(names = "--no-cost", description = "Do not measure what the sync costs a write: a part of a second.")
    private boolean noCost;

    @Override
    public ExitCode call() throws InterruptedException {
        var parsed = file.parsed();
        try (var session = Session.open(options, LOCKS)) {
            var plan = session.migrations().plan().run(parsed, !noCost);
            output.print(plan, () -> MigrationPlanText.of(plan, checks));
            return plan.fit() ? ExitCode.DONE : ExitCode.REFUSED_BY_GATE;
        }
    }
}
