package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.postgres.key.KeyOrder;

/**
 * Writes the fence, with which every statement about a claimed shard's rows begins: {@code backfleet_fence} has the shard's
 * row if the claim is not stale and the checkpoint is the one that the worker knows, and no row otherwise. It reads
 * {@code backfleet_input}, which must have the columns job, number, epoch and cursor.
 */
final class Fence {
    private static final String FENCE = """
            backfleet_fence as materialized (
              select %s
              from backfleet.shard s
              where s.job_id = (select job from backfleet_input)
                and s.number = (select number from backfleet_input)
                and s.epoch = (select epoch from backfleet_input)
                and s.state = 'RUNNING'
                and s.cursor is not distinct from (select cursor from backfleet_input)%s
                and s.relation = to_regclass(%s)%s""";

    // The labels of an enum may be renamed, and the cursor is text: backfleet.label_differences finds renamed labels.
    // It is not called here, since PostgreSQL would plan the function with each batch.
    private static final String LABELS = """

                and not exists (
                  select from backfleet.job j
                  cross join lateral jsonb_each_text(j.key_labels) l
                  left join pg_catalog.pg_enum e on e.oid = l.key::oid
                  where j.id = (select job from backfleet_input) and e.enumlabel is distinct from l.value)""";

    // A standby knows the job as soon as it has replayed its submission, and with it all that the checked job has
    // changed. The
    // time tells it from a job of another system with the same id.
    private static final String ON_STANDBY = """
            backfleet_fence as materialized (
              select %s
              from backfleet_input s
              where pg_catalog.pg_is_in_recovery()
                and exists (select from backfleet.job j where j.id = s.job and j.submitted_at = s.submitted)""";

    private final KeyOrder order;
    private final String relation;
    private final String labels;
    private final boolean onStandby;
    private final CheckpointPart checkpoint;

    Fence(JobDefinition job, JobDefinition.Table relation) {
        this(job, relation, false);
    }

    private Fence(JobDefinition job, JobDefinition.Table relation, boolean onStandby) {
        this.onStandby = onStandby;
        this.checkpoint = new CheckpointPart(job);
        this.order = new KeyOrder(job.key());
        this.relation = BatchStatement.literal(relation.quoted());
        this.labels = job.key().stream().anyMatch(KeyColumn::mayHaveLabels) ? LABELS : "";
    }

    /**
     * The fence of a statement that a standby executes: {@code backfleet_input} has the shard's bounds as well, and the time of the
     * job's submission. It has no row if the server is no standby, or has not replayed the submission. What the statement has read
     * is stored under a fence of the primary.
     */
    static Fence onStandby(JobDefinition job, JobDefinition.Table relation) {
        return new Fence(job, relation, true);
    }

    /**
     * The fence of a statement that changes something: it locks the shard's row, except on a standby.
     *
     * @param columns the columns of the shard that the statement needs
     * @param further a further condition, beginning with AND; may be empty
     */
    String locking(String columns, String further) {
        return onStandby
                ? ON_STANDBY.formatted(columns) + further + "\n)"
                : reading(columns, further + "\n  for update of s");
    }

    /** The fence of a statement that only reads, and locks nothing. */
    String reading(String columns) {
        return reading(columns, "");
    }

    private String reading(String columns, String rest) {
        return FENCE.formatted(columns + checkpoint.columns(), checkpoint.fence(), relation, labels) + rest + "\n)";
    }

    /** The columns of the cursor: c1, c2 and so on. */
    String cursor() {
        return order.each(
                i -> "s.cursor[%d]::%s as c%d".formatted(i, order.column(i).type(), i));
    }

    /** The columns of the shard's upper bound: u1, u2 and so on. */
    String upper() {
        return order.each(
                i -> "s.upper[%d]::%s as u%d".formatted(i, order.column(i).type(), i));
    }

    /** The columns that tell an upper bound that is a row from the end of a tenant: the bound, and whether it is a row. */
    String boundKind() {
        return "s.upper, cardinality(s.upper) = " + order.columns() + " as whole";
    }
}
