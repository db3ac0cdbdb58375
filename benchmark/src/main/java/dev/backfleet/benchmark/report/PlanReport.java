package dev.backfleet.benchmark.report;

import static dev.backfleet.common.cli.output.TextTable.left;
import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import java.util.List;

/**
 * What is printed of planning; as JSON, its components.
 *
 * @param plans what each plan cost
 * @param barSeconds what the largest one may cost
 * @param met whether none cost more
 */
public record PlanReport(List<PlanTime> plans, double barSeconds, boolean met) implements Report {
    private static final double BAR_SECONDS = 1;

    /** Copies the list. */
    public PlanReport {
        plans = List.copyOf(plans);
    }

    /** Of some plans. */
    public static PlanReport of(List<PlanTime> plans) {
        return new PlanReport(plans, BAR_SECONDS, plans.stream().allMatch(plan -> plan.seconds() <= BAR_SECONDS));
    }

    @Override
    public String render() {
        var table = new TextTable(left("TABLE"), right("ROWS"), right("SHARDS"), right("MS"), right("MS/SHARD"));
        for (var plan : plans) {
            table.row(
                    plan.table(),
                    HumanText.number(plan.rows()),
                    plan.shards(),
                    ComparisonReport.decimal("%.0f", plan.seconds() * 1000),
                    ComparisonReport.decimal("%.2f", plan.seconds() * 1000 / Math.max(1, plan.shards())));
        }
        return table.render() + "\nbar: " + ComparisonReport.decimal("%.1f s", barSeconds) + ": "
                + ComparisonReport.verdict(met) + "\n";
    }
}
