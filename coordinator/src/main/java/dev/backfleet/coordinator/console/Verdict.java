package dev.backfleet.coordinator.console;

import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.screen.JobFormat;

/** What is to be said first about a job: its gravest problem as a status tells it, or how it moves. */
final class Verdict {
    private Verdict() {}

    static String of(JobReport report) {
        if (!report.problems().isEmpty()) {
            return report.problems().get(0).text();
        }
        var job = report.job();
        return switch (job.state()) {
            case PLANNING -> "its shards are being planned";
            case RUNNING ->
                JobFormat.rate(job) + "; ETA "
                        + JobFormat.etaOrWhy(job, report.snapshot().fleet().at());
            default -> JobFormat.rows(job);
        };
    }
}
