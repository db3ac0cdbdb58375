package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes the SQL that keeps the values that a job overwrites, and that which puts them back. {@code backfleet.kept_row} has, for each
 * row whose values the job has changed, its leaf, its key, the values before, and the values that the job wrote, all as text: so they
 * are compared for types without an equality too, and a partition of the table holds those of one job, whatever its columns are.
 */
public final class KeptRows {

    // The rows are locked before the first one is changed, in the version that the update then changes: another session
    // that has changed a row since the statement began is seen by both. All values are converted to text before the
    // first change, since a trigger can change the format of values.
    private static final String BEFORE = """
            backfleet_before as materialized (
              select %1$s, %2$s as backfleet_point, %3$s as backfleet_old
              from only %4$s as %5$s
              where %6$s
              for no key update of %5$s
            )""";

    private static final String KEPT = """
            backfleet_kept as (
              insert into backfleet.kept_row (job_id, relation, key, old, new)
              select (select job from backfleet_input), to_regclass(%1$s), c.backfleet_point, c.backfleet_old, c.backfleet_new
              from backfleet_change c
              where c.backfleet_old is distinct from c.backfleet_new
            )""";

    // What is left when the undo has ended was changed or deleted by others. Each row is found by the index, whatever
    // the planner believes of a partition that was filled a moment ago: a join could read all of it with each batch.
    private static final String PUT_BACK = """
            backfleet_put_back as (
              delete from backfleet.kept_row k
              using (
                select (select u.ctid from backfleet.kept_row u
                        where u.job_id = %2$s and u.relation = to_regclass(%1$s) and u.key = c.backfleet_point limit 1) as place
                from backfleet_change c
                offset 0
              ) p
              where k.job_id = %2$s and k.ctid = p.place
            )""";

    private static final String OF_ROW = "from backfleet.kept_row backfleet_u where backfleet_u.job_id = %s "
            + "and backfleet_u.relation = %s.tableoid and backfleet_u.key = %s";

    // Columns may have different collations, of which an array would have none.
    private static final String BYTES = " collate \"pg_catalog\".\"C\")";

    private final JobDefinition job;
    private final RowAlias row;
    private final KeyOrder order;

    /** Of a job that keeps values, or of one that puts them back. */
    public KeptRows(JobDefinition job) {
        this.job = job;
        this.row = new RowAlias(job);
        this.order = new KeyOrder(job.key());
    }

    /**
     * The update of a job whose old values are kept or put back: common table expressions from {@code backfleet_change} on, without
     * the WITH before and the parenthesis after them. They read {@code backfleet_input}, which has the job.
     *
     * @param relation the table or leaf, as it is written in SQL
     * @param rows the condition on the rows
     * @param change what is changed
     */
    public String update(String relation, String rows, RowChange change) {
        var literal = BatchStatement.literal(relation);
        var undoes = job.work().old().undoes();
        if (undoes != null) {
            return "backfleet_change as (\n  update only " + relation + " as " + row.quoted() + "\n  set "
                    + change.assignments() + "\n  where (" + rows + ")" + change.andWhere() + "\n  returning "
                    + key() + " as backfleet_point\n), " + PUT_BACK.formatted(literal, undoes);
        }
        var before = BEFORE.formatted(
                order.each(i -> row.key(i) + "::" + order.column(i).type() + " as backfleet_k" + i),
                key(),
                values(),
                relation,
                row.quoted(),
                "(" + rows + ")" + change.andWhere());
        var same = IntStream.rangeClosed(1, order.columns())
                .mapToObj(i -> order.compare(i, row.key(i), Comparison.EQUAL, "backfleet_before.backfleet_k" + i))
                .collect(joining(" and "));
        return before + ", backfleet_change as (\n  update only " + relation + " as " + row.quoted() + "\n  set "
                + change.assignments() + "\n  from backfleet_before\n  where (" + rows + ") and " + same
                + " and (select count(*) from backfleet_before) > 0"
                + "\n  returning backfleet_before.backfleet_point, backfleet_before.backfleet_old, " + values()
                + " as backfleet_new\n), " + KEPT.formatted(literal);
    }

    /**
     * The assignments of the job that puts back what another one has kept, with the columns in the same order.
     *
     * @param kept the id of the job that has kept them
     * @param types of the columns by name, written so that a cast to them works under any search path
     */
    public List<Assignment> restored(long kept, Map<String, String> types) {
        var set = job.work().set();
        return IntStream.range(0, set.size())
                .mapToObj(i -> new Assignment(
                        set.get(i).column(),
                        set.get(i).number(),
                        "(select cast(backfleet_u.old[" + (i + 1) + "] as "
                                + types.get(set.get(i).column()) + ") " + ofRow(kept) + ")"))
                .toList();
    }

    /** The condition for a row that still has what the job wrote. */
    public String unchanged(long kept) {
        // Not EXISTS, of which the planner may make a join with all kept rows.
        return "(select backfleet_u.new is not distinct from " + values() + " " + ofRow(kept) + " limit 1)";
    }

    private String ofRow(long kept) {
        return OF_ROW.formatted(kept, row.quoted(), key());
    }

    private String key() {
        return "(array[" + order.each(i -> row.key(i) + "::text") + "]" + BYTES;
    }

    // By the type's own output, and NULL only for NULL: a composite value of which all fields are NULL is one.
    private String values() {
        return job.work().set().stream()
                .map(set -> row.quoted() + "." + Identifier.of(set.column()).quoted())
                .map(column -> "case when pg_catalog.num_nulls(" + column + ") = 0 then pg_catalog.format('%s', "
                        + column + ") end")
                .collect(joining(", ", "(array[", "]::text[]" + BYTES));
    }
}
