package dev.backfleet.coordinator.cli.inspect;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.query.detail.Timeline;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the history of a job. */
@Command(
        name = "history",
        description = {
            "Show what has happened to a job, oldest first.",
            "Submitted, paused and resumed by whom and why (the whole fleet, too), limits changed, waves begun, retries, the",
            "first row in quarantine, notes, how it ended; and when it was throttled, had no worker or did not progress for",
            "20 s or more, as far as it was sampled (each 10 s, older times each minute).",
            "It is read from backfleet.audit, backfleet.sample, and the times that are stored with the job."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet history split-names",
            "  backfleet history split-names --limit 10000 -o json"
        })
public final class HistoryCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many entries, the newest ones, up to 10000. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var timeline = session.operations().history().run(job.idOrName(), limit);
            output.print(timeline, () -> table(timeline));
            if (timeline.older()) {
                output.remark("older entries are left out: give a larger --limit");
            }
            return ExitCode.DONE;
        }
    }

    private static String table(Timeline timeline) {
        var table = new TextTable(TextTable.left("AT"), TextTable.left("BY"), TextTable.left("WHAT"));
        timeline.entries().forEach(entry -> table.row(HumanTime.moment(entry.at()), entry.by(), entry.text()));
        return table.render();
    }
}
