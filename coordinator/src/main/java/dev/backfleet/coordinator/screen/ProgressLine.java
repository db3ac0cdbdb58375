package dev.backfleet.coordinator.screen;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;

/** A job's progress on one line, for logs. */
public final class ProgressLine {
    private ProgressLine() {}

    /** The line: time, job, state with what it waits for, and the key figures. */
    public static String of(Snapshot snapshot) {
        var job = snapshot.job();
        var facts = new ArrayList<String>();
        facts.add(JobFormat.percent(job));
        facts.add(JobFormat.rows(job));
        var speed = JobFormat.speed(job);
        if (speed != null) {
            facts.add(speed);
        }
        var eta = JobFormat.eta(job);
        if (eta != null) {
            facts.add("ETA " + eta);
        }
        facts.add(HumanText.number(job.shards().done()) + "/"
                + HumanText.number(job.shards().total()) + " shards");
        if (!job.atRest()) {
            facts.add(job.workers() + (job.workers() == 1 ? " worker" : " workers"));
        }
        var when = snapshot.fleet().at().truncatedTo(ChronoUnit.SECONDS);
        return when + " " + PlainText.onOneLine(job.name()) + " " + JobProblems.state(snapshot) + ": "
                + String.join(", ", facts);
    }

    /** A problem, on a line of its own. */
    public static String of(Problem problem) {
        return PlainText.onOneLine(problem.text());
    }
}
