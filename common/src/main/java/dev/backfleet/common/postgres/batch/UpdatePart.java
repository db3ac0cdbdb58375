package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.UpdateRows;
import java.util.Map;

/** Updates the rows of a batch's range, and counts them; the values that it overwrites are kept or put back if the job does that. */
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

    private static final String WITH_OLD_VALUES = """
            ), {update}, backfleet_counted as materialized (
              select count(*) as changed from backfleet_change
            """;

    private final JobDefinition job;
    private final RowChange change;
    private final boolean oldValues;

    UpdatePart(JobDefinition job, UpdateRows update) {
        this.job = job;
        this.change = new RowChange(update);
        this.oldValues = update.old().matter();
    }

    @Override
    public String text() {
        return oldValues ? WITH_OLD_VALUES : TEXT;
    }

    @Override
    public String rejected() {
        return "";
    }

    @Override
    public Map<String, String> placeholders(String relation, String arms) {
        return oldValues
                ? Map.of("update", new KeptRows(job).update(relation, arms, change))
                : Map.of("assignments", change.assignments(), "where", change.andWhere());
    }
}
