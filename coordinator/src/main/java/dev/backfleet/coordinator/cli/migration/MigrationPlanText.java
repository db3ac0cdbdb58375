package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.coordinator.cli.text.FindingLines;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingSeverity;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.plan.MigrationPlan;
import dev.backfleet.coordinator.migration.plan.MigrationPlan.PlannedStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The plan of a migration as text. */
final class MigrationPlanText {
    private static final int NAMED = 3;
    private static final String INDENT = "     ";

    private MigrationPlanText() {}

    /**
     * The plan.
     *
     * @param checks whether the queries that tell whether a step is done are shown as well
     */
    static String of(MigrationPlan plan, boolean checks) {
        var lines = new ArrayList<String>();
        lines.add("plan of " + plan.name() + " on " + plan.table() + ": nothing is stored, nothing is changed");
        lines.add("");
        lines.add("STEPS" + (plan.steps().isEmpty() ? "  none can be planned: see the findings" : ""));
        for (int i = 0; i < plan.steps().size(); i++) {
            var step = plan.steps().get(i);
            lines.add("%3d  %s: %s".formatted(i + 1, step.step(), step.title()));
            lines.add(INDENT + step.standing() + (step.standing().equals("done") ? "" : ", " + held(step)));
            if (!step.standing().equals("done")) {
                step.statements().forEach(statement -> lines.add(indented(statement + ";")));
                step.blockers().forEach(blocker -> lines.add(INDENT + "now: " + blocker.words()));
            }
            step.undo().forEach(statement -> lines.add(indented("undo: " + statement + ";")));
            if (checks) {
                lines.add(indented("check: " + step.check() + ";"));
            }
        }
        lines.add("");
        lines.add("BACKFILL  the spec of its job, after the steps of expand and sync");
        plan.backfill().spec().lines().forEach(line -> lines.add(INDENT + line));
        lines.add("");
        var cost = plan.syncCost();
        if (cost != null) {
            lines.add("SYNC  " + cost.words());
            lines.add("");
        }
        lines.addAll(WatchText.of(plan.cutover(), INDENT));
        lines.add("");
        lines.addAll(findings(plan));
        return String.join("\n", lines) + "\n";
    }

    private static String held(PlannedStep step) {
        var how =
                switch (step.held()) {
                    case "instant" -> "for an instant";
                    case "scan" -> "while it reads the table; the application goes on";
                    default -> "while it reads the table, not in a transaction; the application goes on";
                };
        if (step.locks().isEmpty()) {
            return step.held().equals("instant") ? "no lock on a table" : "no lock on a table, " + how;
        }
        var tables = new LinkedHashMap<String, List<String>>();
        step.locks().forEach(lock -> tables.computeIfAbsent(lock.mode(), mode -> new ArrayList<>())
                .add(lock.table()));
        return tables.entrySet().stream()
                        .map(entry -> entry.getKey() + " on " + named(entry.getValue()))
                        .collect(Collectors.joining(", "))
                + " " + how;
    }

    private static String named(List<String> tables) {
        var more = tables.size() - NAMED;
        return String.join(", ", tables.subList(0, Math.min(NAMED, tables.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private static String indented(String text) {
        return INDENT + text.replace("\n", "\n" + INDENT);
    }

    private static List<String> findings(MigrationPlan plan) {
        var severities = Stream.concat(
                        plan.findings().stream().map(MigrationFinding::severity),
                        plan.backfill().findings().stream().map(Finding::severity))
                .toList();
        var lines = new ArrayList<String>();
        lines.add("FINDINGS  " + (severities.isEmpty() ? "none" : FindingLines.counts(severities)));
        for (var severity : FindingSeverity.values()) {
            plan.findings().stream()
                    .filter(finding -> finding.severity() == severity)
                    .forEach(finding -> lines.addAll(FindingLines.of(
                            severity,
                            finding.code().text() + ": " + finding.where() + ": " + finding.message(),
                            finding.remedy())));
            plan.backfill().findings().stream()
                    .filter(finding -> finding.severity() == severity)
                    .forEach(finding -> lines.addAll(FindingLines.of(
                            severity, finding.code().text() + ": " + finding.message(), finding.remedy())));
        }
        return lines;
    }
}
