package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.plan.PlannedCutover;
import dev.backfleet.coordinator.migration.status.MigrationStatus;
import dev.backfleet.coordinator.migration.watch.WatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a cutover is watched, as text. */
final class WatchText {
    private WatchText() {}

    /** Of a migration that was applied; empty if a person takes each step and no signal is watched. */
    static String of(WatchStatus watch, MigrationStatus migration, Instant now) {
        var text = new StringBuilder();
        if (watch.problem() != null) {
            text.append("PROBLEM: ").append(watch.problem()).append('\n');
        }
        var flag = migration.flag();
        var isLast = flag != null && !flag.heldBackAtLast().isEmpty();
        if (watch.promote().equals("auto") && migration.state() == MigrationState.CUTTING && !isLast) {
            text.append("next step: by the coordinator, when this one has been on for ")
                    .append(HumanText.elapsed(Duration.ofSeconds(watch.soakSeconds())))
                    .append(watch.signals().isEmpty() ? "" : " and the signals are calm")
                    .append('\n');
        }
        if (!watch.signals().isEmpty()) {
            text.append(table(watch, now));
        }
        return text.toString();
    }

    private static String table(WatchStatus watch, Instant now) {
        var table = new TextTable(
                TextTable.left("SIGNAL"),
                TextTable.right("BASELINE"),
                TextTable.right("VALUE"),
                TextTable.right("SOFT"),
                TextTable.right("HARD"),
                TextTable.left("LEVEL"),
                TextTable.left("SINCE"),
                TextTable.left("REMARK"));
        watch.signals().forEach(signal -> {
            var slash = signal.thresholds().indexOf('/');
            table.row(
                    signal.signal(),
                    signal.baseline(),
                    signal.value(),
                    signal.soft() == null ? signal.thresholds().substring(0, slash) : signal.soft(),
                    signal.hard() == null ? signal.thresholds().substring(slash + 1) : signal.hard(),
                    signal.level(),
                    signal.since() == null ? null : HumanTime.ago(signal.since(), now),
                    signal.note());
        });
        return table.render();
    }

    /** Of a plan. */
    static List<String> of(PlannedCutover cutover, String indent) {
        var lines = new ArrayList<String>();
        lines.add("CUTOVER  " + String.join("; ", cutover.steps()));
        lines.add(indent + "a step is on for "
                + HumanText.elapsed(Duration.ofSeconds(cutover.soakSeconds()))
                + " before the next one, which "
                + (cutover.promote().equals("auto") ? "the leading coordinator takes" : "a person takes"));
        if (cutover.abort().isEmpty()) {
            lines.add(indent + "no signal is watched");
        }
        cutover.abort()
                .forEach(
                        signal -> lines.add(
                                indent + signal.signal() + " " + signal.thresholds()
                                        + ": above the first value no step is taken by itself, from the second on all reads are taken back"));
        return lines;
    }
}
