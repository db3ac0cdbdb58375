package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.UpdateRows;
import java.util.Map;

/** Updates the rows of a batch's range, and counts them. */
final class UpdatePart implements WorkPart {
    private static final String TEXT = """
            ), backfleet_change as (
              update only {relation} as {alias}
              set {assignments}
              where ({arms}){where}
              returning 1
            ), backfleet_counted as materialized (
              select count(*) as changed from backfleet_change
            """;

    private final RowChange change;

    UpdatePart(UpdateRows update) {
        this.change = new RowChange(update);
    }

    @Override
    public String text() {
        return TEXT;
    }

    @Override
    public String rejected() {
        return "";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of("assignments", change.assignments(), "where", change.andWhere());
    }
}
