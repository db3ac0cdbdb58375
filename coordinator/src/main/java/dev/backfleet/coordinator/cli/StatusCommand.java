package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.report.FleetReport;
import dev.backfleet.coordinator.report.MapReport;
import dev.backfleet.coordinator.screen.StatusText;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the status of a job, or of the fleet. */
@Command(
        name = "status",
        description = {
            "Show a job's state, what delays it, its progress and its times.",
            "Without JOB: the fleet at a glance. Which database and Kafka, who leads, workers, and the unfinished jobs, those",
            "with problems first.",
            "Exits with 0 whatever the state is; a script reads the state with -o json."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet status                          the fleet",
            "  backfleet status split-names",
            "  backfleet status 7 -o json",
            "  backfleet status 7 -o json | jq -r .state"
        })
final class StatusCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "JOB",
            description = "The job's id or name; of several with the name, the newest. Without it: the fleet.")
    private @Nullable String job;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            if (job == null) {
                var report = FleetReport.of(session.operations().jobs().run(false), options.settings());
                output.print(report, report::text);
            } else {
                var snapshot = session.operations().status().run(job);
                output.print(MapReport.of(snapshot), () -> text(snapshot));
            }
            return ExitCode.DONE;
        }
    }

    private String text(Snapshot snapshot) {
        return String.join("\n", StatusText.lines(snapshot, TerminalCapabilities.of(options.environment()))) + "\n";
    }
}
