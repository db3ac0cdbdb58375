package dev.backfleet.standalone.demo;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.standalone.postgres.DemoTable.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * How a demo went.
 *
 * @param rows the rows that were to be changed
 * @param verdict what the check of every row has found
 * @param job how the job ended
 * @param kill what the killed worker has cost; nothing if none was to be killed
 */
public record Outcome(long rows, Verdict verdict, JobStatus job, Optional<String> kill) {

    /** Whether the job succeeded, every row is right, and the checkpoints have counted every row. */
    public boolean clean() {
        return job.state() == JobState.SUCCEEDED
                && verdict.clean()
                && verdict.found() == rows
                && job.rows().changed() == rows;
    }

    /** The result, for a first-time user. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(
                clean()
                        ? "Every row was changed exactly once."
                        : "THE CHECK FAILED: not every row was changed exactly once. The job is " + job.state() + ".");
        Optional.ofNullable(job.error()).ifPresent(error -> lines.add("  " + error));
        lines.add("");
        lines.add(fact("rows changed", HumanText.number(verdict.changed()) + " of " + HumanText.number(rows)));
        lines.add(fact("missing", HumanText.number(verdict.missing())));
        lines.add(fact("wrong", HumanText.number(verdict.wrong())));
        lines.add(fact("changed twice", HumanText.number(verdict.twice())));
        lines.add(fact("checkpoints say", HumanText.number(job.rows().changed()) + " rows changed"));
        lines.add(fact("time", seconds(took())));
        lines.add(fact("rate", HumanText.number(job.averageRate().orElse(0)) + " rows/s on average"));
        kill.ifPresent(cost -> lines.add(fact("the kill", cost)));
        return lines;
    }

    private Duration took() {
        var end = Objects.requireNonNullElse(job.finishedAt(), job.submittedAt());
        var start = Objects.requireNonNullElse(job.startedAt(), end);
        return Duration.between(start, end);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    private static String fact(String label, String text) {
        return String.format(Locale.ROOT, "  %-16s %s", label, text.replace("\n", "\n" + " ".repeat(19)));
    }
}
