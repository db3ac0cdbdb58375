package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.AgeConverter;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.operation.PruneJobs.Prunable;
import dev.backfleet.coordinator.operation.PruneJobs.Pruned;
import dev.backfleet.coordinator.operation.PruneJobs.Wanted;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes the shards of finished jobs. */
@Command(
        name = "prune",
        description = {
            "Remove the shards of finished jobs from the control schema; a million of them take about 460 MB.",
            "The job stays in 'backfleet jobs' and 'status' with its counts, and so do its audit, its FAILED shards, and its",
            "rows in quarantine with their shards. Works in short transactions beside running jobs; run it again if it was",
            "interrupted. The space is reused after the next vacuum."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet prune --dry-run                 what would be removed",
            "  backfleet prune --older-than 7d",
            "  backfleet prune --job split-names         this one, however long ago it finished"
        })
final class PruneCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            converter = AgeConverter.class,
            description =
                    "Only jobs that finished longer ago, such as 12h, 7d or 4w. Default: 30d; with --job, any age.")
    private @Nullable Duration olderThan;

    @Option(
            names = "--job",
            paramLabel = "JOB",
            description = {
                "Only this job, by name or id. Without it, all jobs that SUCCEEDED or were CANCELLED.",
                "A FAILED job must be named: 'backfleet retry' cannot retry it afterwards."
            })
    private @Nullable String job;

    @Option(
            names = "--quarantine",
            description = "Also dismiss their rows in quarantine: these rows stay unchanged, and are no longer listed.")
    private boolean quarantine;

    @Option(names = "--dry-run", description = "Only list the jobs.")
    private boolean dryRun;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = dryRun ? Session.open(options) : Session.openToStore(options)) {
            var prune = session.operations().prune();
            var jobs = prune.find(new Wanted(Optional.ofNullable(job), Optional.ofNullable(olderThan), quarantine));
            if (dryRun) {
                output.print(jobs, () -> table(jobs));
                return ExitCode.DONE;
            }
            var done = new ArrayList<Report>();
            for (var each : jobs) {
                var pruned = prune.run(session.actor(), each, quarantine);
                done.add(Report.of(each, pruned));
                if (!output.json()) {
                    print(spec.commandLine().getOut(), each, pruned);
                }
            }
            output.print(done, () -> jobs.isEmpty() ? nothing() + "\n" : "");
            return ExitCode.DONE;
        }
    }

    private String table(List<Prunable> jobs) {
        if (jobs.isEmpty()) {
            return nothing() + "\n";
        }
        var table = new TextTable(
                TextTable.right("ID"),
                TextTable.left("NAME"),
                TextTable.left("STATE"),
                TextTable.left("FINISHED"),
                TextTable.right("SHARDS"),
                TextTable.right("QUARANTINED"));
        for (var each : jobs) {
            table.row(
                    each.id(),
                    each.name(),
                    each.state(),
                    HumanTime.moment(each.finishedAt()),
                    HumanText.number(each.shards()),
                    HumanText.number(each.quarantined()));
        }
        return table.render();
    }

    private String nothing() {
        return job == null
                ? "no job that finished long enough ago has shards to prune"
                : "job " + job + " has no shards to prune";
    }

    private static void print(PrintWriter out, Prunable job, Pruned pruned) {
        out.println("pruned " + shards(pruned.removed()) + " of " + job.name() + " (job " + job.id() + ", "
                + job.state() + ")"
                + (pruned.dismissed() > 0
                        ? ", dismissed " + HumanText.number(pruned.dismissed())
                                + (pruned.dismissed() == 1 ? " row" : " rows") + " in quarantine"
                        : "")
                + (pruned.kept() > 0
                        ? "; " + shards(pruned.kept()) + " kept: FAILED, or with rows in quarantine"
                        : ""));
        out.flush();
    }

    private static String shards(long number) {
        return HumanText.number(number) + (number == 1 ? " shard" : " shards");
    }

    /** A pruned job for programs. */
    private record Report(
            long id, String name, JobState state, Instant finishedAt, long removed, long kept, long dismissed) {
        static Report of(Prunable job, Pruned pruned) {
            return new Report(
                    job.id(),
                    job.name(),
                    job.state(),
                    job.finishedAt(),
                    pruned.removed(),
                    pruned.kept(),
                    pruned.dismissed());
        }
    }
}
