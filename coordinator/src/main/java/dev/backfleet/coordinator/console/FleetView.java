package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.report.Overview;
import dev.backfleet.coordinator.screen.JobFacts.Fact;
import java.util.ArrayList;
import java.util.List;

/**
 * The page of the fleet.
 *
 * @param base what all paths begin with
 * @param at when it was true
 * @param notices what concerns the whole fleet
 * @param facts where it runs
 * @param workers as many as there is room for
 * @param more how many more workers there are
 */
public record FleetView(
        String base,
        String at,
        FleetLine fleet,
        List<Notice> notices,
        List<Fact> facts,
        List<WorkerLine> workers,
        int more) {
    private static final int MOST = 200;

    static FleetView of(String base, Overview overview) {
        var listed = overview.listed();
        var now = listed.fleet().at();
        var workers = WorkerLine.ofFleet(listed);
        return new FleetView(
                base,
                HumanTime.moment(now),
                FleetLine.of(listed.fleet(), listed.workers()),
                Notice.of(overview.report().problems(), now),
                facts(overview),
                workers.stream().limit(MOST).toList(),
                Math.max(0, workers.size() - MOST));
    }

    private static List<Fact> facts(Overview overview) {
        var report = overview.report();
        var fleet = overview.listed().fleet();
        var facts = new ArrayList<Fact>();
        facts.add(new Fact("coordinator", report.leader() == null ? "none leads" : report.leader() + " leads"));
        facts.add(new Fact("paused", fleet.paused() ? paused(overview) : "no"));
        facts.add(new Fact("database", report.database()));
        facts.add(new Fact(
                "Kafka",
                report.kafka() == null
                        ? "not named in the settings of this coordinator"
                        : report.kafka() + ", topics " + report.topicPrefix() + ".*"));
        facts.add(new Fact(
                "jobs",
                report.jobs().isEmpty()
                        ? "none is unfinished"
                        : HumanText.number(report.jobs().size()) + " unfinished"));
        return facts;
    }

    private static String paused(Overview overview) {
        var fleet = overview.listed().fleet();
        return "yes"
                + (fleet.since() == null ? "" : ", since " + HumanTime.ago(fleet.since(), fleet.at()))
                + (fleet.by() == null ? "" : ", by " + fleet.by())
                + (fleet.reason() == null ? "" : ": " + fleet.reason());
    }
}
