package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.JsonOutput;
import dev.backfleet.common.cli.OutputOption;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.screen.StatusText;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the status of a job. */
@Command(
        name = "status",
        description = {
            "Show a job's state, what delays it, its progress and its times.",
            "Exits with 0 whatever the state is; a script reads the state with -o json."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet status split-names",
            "  backfleet status 7 -o json",
            "  backfleet status 7 -o json | jq -r .state"
        })
final class StatusCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var snapshot = session.operations().status().run(job.idOrName());
            var out = spec.commandLine().getOut();
            if (output.json()) {
                out.print(JsonOutput.render(JobReport.of(snapshot)));
            } else {
                StatusText.lines(snapshot, TerminalCapabilities.of(options.environment()))
                        .forEach(out::println);
            }
            out.flush();
            return ExitCode.DONE;
        }
    }
}
