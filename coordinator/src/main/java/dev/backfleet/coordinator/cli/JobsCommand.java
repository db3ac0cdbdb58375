package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.text.FleetNotice;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.screen.JobFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists jobs. */
@Command(
        name = "jobs",
        description = {
            "List the jobs: unfinished jobs, newest first, then the ten that finished last, without reconciles.",
            "STATE says in brackets what a job waits for; 'backfleet status JOB' says more.",
            "A narrow terminal shows fewer columns."
        },
        footer = {"", "Examples:", "  backfleet jobs", "  backfleet jobs --all -o json"})
final class JobsCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--all", description = "All jobs that were ever submitted.")
    private boolean all;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var listed = session.operations().jobs().run(all);
            var jobs = listed.jobs();
            var reports = listed.snapshots().stream().map(JobReport::of).toList();
            output.print(reports, () -> table(reports, screen()));
            if (!jobs.stream().allMatch(JobStatus::atRest)) {
                FleetNotice.print(listed.fleet(), spec);
            }
            return ExitCode.DONE;
        }
    }

    // A file has room for all columns.
    private int screen() {
        var terminal = TerminalInfo.from(options.environment());
        return terminal.present() ? terminal.columns() : Integer.MAX_VALUE;
    }

    private static String table(List<JobReport> reports, int screen) {
        if (reports.isEmpty()) {
            return "no job was submitted yet\n";
        }
        var quarantined = TextTable.right("QUARANTINED");
        var none = reports.stream().allMatch(report -> report.job().rows().quarantined() == 0);
        var table = new TextTable(
                TextTable.right("ID"),
                TextTable.left("NAME"),
                TextTable.left("STATE"),
                TextTable.right("DONE"),
                TextTable.right("CHANGED").whereRoom(),
                none ? quarantined.whereRoom() : quarantined,
                TextTable.right("RATE"),
                TextTable.right("ETA"),
                TextTable.left("SUBMITTED").whereRoom());
        for (var report : reports) {
            var job = report.job();
            table.row(
                    job.id(),
                    job.name(),
                    report.state(),
                    JobFormat.percent(job),
                    HumanText.number(job.rows().changed()),
                    HumanText.number(job.rows().quarantined()),
                    JobFormat.speed(job),
                    JobFormat.eta(job),
                    HumanTime.moment(job.submittedAt()));
        }
        return table.render(screen);
    }
}
