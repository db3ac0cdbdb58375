package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.report.Overview;
import java.util.ArrayList;
import java.util.List;

/**
 * The page of all jobs.
 *
 * @param base what all paths begin with
 * @param at when it was true
 * @param notices what concerns the whole fleet
 * @param groups those that a person has to look at, the other unfinished ones, and those that have ended
 */
public record JobsView(String base, String at, FleetLine fleet, List<Notice> notices, List<Group> groups) {
    private static final int MOST = 200;

    /**
     * Some jobs.
     *
     * @param name what makes it known on the page
     * @param jobs as many as there is room for
     * @param more how many more there are
     */
    public record Group(String name, String title, List<JobLine> jobs, int more) {
        static Group of(String name, String title, List<JobReport> jobs) {
            return new Group(
                    name, title, jobs.stream().limit(MOST).map(JobLine::of).toList(), Math.max(0, jobs.size() - MOST));
        }

        /** How many there are. */
        public int count() {
            return jobs.size() + more;
        }
    }

    static JobsView of(String base, Overview overview) {
        var listed = overview.listed();
        var need = new ArrayList<JobReport>();
        var move = new ArrayList<JobReport>();
        var over = new ArrayList<JobReport>();
        for (var snapshot : listed.snapshots()) {
            var report = JobReport.of(snapshot);
            var rest = report.job().state().isTerminal() ? over : move;
            (JobLine.needsAPerson(report, overview.report().problems()) ? need : rest).add(report);
        }
        var now = listed.fleet().at();
        return new JobsView(
                base,
                HumanTime.moment(now),
                FleetLine.of(listed.fleet(), listed.workers()),
                Notice.of(overview.report().problems(), now),
                List.of(
                        Group.of("need", "Needs you", need),
                        Group.of("move", "Under way", move),
                        Group.of("over", "Ended last", over)));
    }

    /** Whether there are no jobs at all. */
    public boolean isEmpty() {
        return groups.stream().allMatch(group -> group.count() == 0);
    }
}
