package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.screen.JobFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of a job: the part of it that changes.
 *
 * @param base what all paths begin with
 * @param at when it was true
 * @param line the job as in a list, with its verdict
 * @param first what is to be said of the problem that is the verdict; null if none is
 * @param further the other problems
 * @param strip where in its key space it is; null if that is not told
 * @param facts the rest of its status
 * @param workers who works on it
 * @param commands what can be done with it on the command line
 */
public record JobView(
        String base,
        String at,
        FleetLine fleet,
        JobLine line,
        @Nullable Notice first,
        List<Notice> further,
        @Nullable ShardStrip strip,
        List<JobFacts.Fact> facts,
        List<WorkerLine> workers,
        List<String> commands) {

    static JobView of(String base, Snapshot snapshot) {
        var report = JobReport.of(snapshot);
        var now = snapshot.fleet().at();
        var notices = Notice.of(report.problems(), now);
        return new JobView(
                base,
                HumanTime.moment(now),
                FleetLine.of(snapshot.fleet(), snapshot.workers()),
                JobLine.of(report),
                notices.isEmpty() ? null : notices.get(0),
                notices.stream().skip(1).toList(),
                ShardStrip.of(snapshot.job(), snapshot.map()).orElse(null),
                JobFacts.of(snapshot),
                WorkerLine.ofJob(snapshot),
                commands(report));
    }

    private static List<String> commands(JobReport report) {
        var name = report.job().name();
        var commands = new ArrayList<>(List.of("backfleet status " + name));
        switch (report.job().state()) {
            case PLANNING, RUNNING ->
                commands.addAll(List.of(
                        "backfleet watch " + name,
                        "backfleet pause " + name + " --reason '...'",
                        "backfleet cancel " + name + " --reason '...'"));
            case PAUSING, PAUSED, HALTED ->
                commands.addAll(List.of("backfleet resume " + name, "backfleet cancel " + name + " --reason '...'"));
            case CANCELLING -> commands.add("backfleet watch " + name);
            case CANCELLED, SUCCEEDED, FAILED -> commands.add("backfleet history " + name);
        }
        if (report.job().rows().quarantined() > 0) {
            commands.add("backfleet quarantine " + name);
        }
        return List.copyOf(commands);
    }
}
