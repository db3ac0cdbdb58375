package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.Severity;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.screen.JobFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * A job in a list of jobs.
 *
 * @param verdict the gravest of its problems, or how it moves
 * @param figures its figures in words
 */
public record JobLine(
        long id, String name, String table, Chip chip, List<Prose.Part> verdict, Progress progress, String figures) {

    /**
     * How far a job is.
     *
     * @param percent from 0 to 100
     */
    public record Progress(double percent, String words) {
        static Progress of(JobStatus job) {
            return new Progress(job.percent(), JobFormat.percent(job));
        }
    }

    static JobLine of(JobReport report) {
        var job = report.job();
        return new JobLine(
                job.id(),
                job.name(),
                job.table(),
                Chip.of(report),
                Prose.parts(Verdict.of(report)),
                Progress.of(job),
                figures(job));
    }

    /**
     * Whether a person has to look at it: an error, or something that does not go on by itself.
     *
     * @param ofFleet what concerns the whole fleet, and is told once for all jobs
     */
    static boolean needsAPerson(JobReport report, List<Problem> ofFleet) {
        var ended = report.job().state().isTerminal();
        return report.problems().stream()
                .filter(problem -> !ofFleet.contains(problem))
                .anyMatch(problem -> problem.severity() == Severity.ERROR
                        || (!ended && problem.severity() != Severity.REMARK && !problem.goesOnByItself()));
    }

    private static String figures(JobStatus job) {
        var figures = new ArrayList<String>();
        var speed = JobFormat.speed(job);
        if (speed != null) {
            var limit = job.rate().limit();
            figures.add(speed + (limit == null ? "" : " of " + HumanText.number(limit) + "/s"));
        }
        var eta = JobFormat.eta(job);
        if (eta != null && !job.atRest()) {
            figures.add("ETA " + eta);
        }
        if (job.rows().quarantined() > 0) {
            figures.add(HumanText.number(job.rows().quarantined()) + " in quarantine");
        }
        return String.join(" \u00b7 ", figures);
    }
}
