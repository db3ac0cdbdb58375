package dev.backfleet.coordinator.cli.inspect;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.text.JobDetailsText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what a job is. */
@Command(
        name = "show",
        description = {
            "Show what a job is: its spec, its expressions and limits as they are now, and who asked for them.",
            "'backfleet status JOB' shows how it progresses."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet show split-names",
            "  backfleet show 7 -o json | jq -r .spec    the spec alone"
        })
public final class ShowCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var details = session.operations().show().run(job.idOrName());
            output.print(details, () -> JobDetailsText.of(details));
            return ExitCode.DONE;
        }
    }
}
