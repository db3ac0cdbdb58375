package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Copies the rows of a batch's range into another table, and writes back what their copies have. For plain JDBC statements only.
 *
 * <p>Each row is locked before its values are computed: so they are those of its last version, and a session that changes or deletes
 * the row, with the sync's trigger or by itself, does so before the copy is made, or after it has been committed.
 *
 * <p>The parts of the statement, in their order:
 *
 * <ol>
 *   <li>{@code backfleet_source}: the locked rows, with their key and the values of their copies
 *   <li>{@code backfleet_there}: the copies that are there and stay as they are; only with NOTHING and a write-back
 *   <li>{@code backfleet_inserted}: the copies that are made; without {@code backfleet_there}, all of {@code backfleet_copy}
 *   <li>{@code backfleet_copy}: the copies of all rows, with their key and what is written back; only with a write-back
 *   <li>{@code backfleet_change}: a row for each row that was copied, or written back
 *   <li>{@code backfleet_counted}: how many these are
 * </ol>
 *
 * <p>Their columns are numbered from 1, each kind by itself: see the constants.
 */
public final class CopyPart implements WorkPart {
    private static final String TEXT = """
            ), {copy}, backfleet_counted as materialized (
              select count(*) as changed from backfleet_change
            """;

    /** The alias of the other table. */
    private static final String COPY = "backfleet_other";

    /** Of a row: its key, in the order of the job's key. */
    private static final String ROW_KEY = "backfleet_k";

    /** Of a row: the values of its copy, in the order of the spec. */
    private static final String VALUE = "backfleet_v";

    /** Of a copy: its key, in the order of {@code into.key}. */
    private static final String COPY_KEY = "backfleet_t";

    /** Of a copy: what is written back, in the order of {@code into.write-back}. */
    private static final String BACK = "backfleet_w";

    private final CopyRows work;
    private final RowAlias row;
    private final KeyOrder order;

    /** Of a job that copies rows. */
    public CopyPart(JobDefinition job) {
        this.work = job.copyRows();
        this.row = new RowAlias(job);
        this.order = new KeyOrder(job.key());
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
    public Map<String, String> placeholders(String relation, String arms) {
        return Map.of("copy", change(relation, arms));
    }

    /**
     * Common table expressions up to {@code backfleet_change}, which has a row for each row that was copied, without the WITH before
     * and a comma after them.
     *
     * @param relation the table or leaf that has the rows, as it is written in SQL
     * @param rows the condition on the rows
     */
    public String change(String relation, String rows) {
        if (work.back().isEmpty()) {
            return source(relation, rows) + ",\nbackfleet_change as (\n" + insert("1") + "\n)";
        }
        var copies = staysAsItIs()
                ? "backfleet_there as materialized (\n" + there() + "\n),\nbackfleet_inserted as (\n"
                        + insert(returned())
                        + "\n),\nbackfleet_copy as (\n  select * from backfleet_inserted union all select * from backfleet_there\n)"
                : "backfleet_copy as (\n" + insert(returned()) + "\n)";
        return source(relation, rows) + ",\n" + copies + ",\nbackfleet_change as (\n" + writeBack(relation, rows)
                + "\n)";
    }

    /**
     * The same for one row: the statement's first parameters are the values of its key, as texts.
     *
     * @param relation the table or leaf that has the row, as it is written in SQL
     */
    public String changeOfOne(String relation) {
        var isRow = numbered(order.columns())
                .mapToObj(i -> order.compare(i, row.key(i), Comparison.EQUAL, "(select b" + i + " from backfleet_key)"))
                .collect(joining(" and "));
        return "backfleet_key as materialized (select "
                + order.each(i -> "?::text::" + order.column(i).type() + " as b" + i) + "),\n"
                + change(relation, isRow);
    }

    /** The condition on rows that are still to be copied, beginning with AND; empty if all are. */
    public String andWhere() {
        var where = work.where();
        return where == null ? "" : "\n    and " + SqlExpression.parse(where).jdbcParenthesized();
    }

    // A constant without a type takes that of its column here; the column itself checks length and precision.
    private String source(String relation, String rows) {
        var columns = new ArrayList<String>();
        columns.add(order.each(i -> row.key(i) + "::" + order.column(i).type() + " as " + ROW_KEY + i));
        numbered(work.values().size()).forEach(i -> {
            var value = work.values().get(i - 1);
            columns.add("cast(" + SqlExpression.parse(value.expression()).jdbcParenthesized() + " as " + value.type()
                    + ") as " + VALUE + i);
        });
        return "backfleet_source as materialized (\n  select " + String.join(",\n    ", columns) + "\n  from only "
                + relation + " as " + row.quoted() + "\n  where (" + rows + ")" + andWhere()
                + "\n  for no key update of " + row.quoted() + "\n)";
    }

    private boolean staysAsItIs() {
        return work.conflict() == OnConflict.NOTHING && !work.back().isEmpty();
    }

    // The lock is one that no trigger sees; without it, the copy could be deleted before the row refers to it. Each row
    // looks by the index of the key: a join could be planned while the other table is small, and read all of it later.
    private String there() {
        var isCopy = ofRow(i -> COPY + "." + keyOfCopy(i));
        return "  select backfleet_l.* from backfleet_source backfleet_r cross join lateral (\n    select " + returned()
                + "\n    from " + work.into().quoted() + " as " + COPY + " where " + isCopy
                + "\n    limit 1 for key share) backfleet_l";
    }

    // Only rows whose copy is not there: the others would be written for nothing, and fire triggers.
    private String andNotThere() {
        return staysAsItIs()
                ? " backfleet_r\n  where not exists (select from backfleet_there backfleet_c where "
                        + ofRow(i -> "backfleet_c." + COPY_KEY + i) + ")"
                : "";
    }

    /** The condition that a copy is that of the row {@code backfleet_r}, by its key. */
    private String ofRow(IntFunction<String> copy) {
        return numbered(work.into().key().size())
                .mapToObj(i ->
                        work.into().key().get(i - 1).same(copy.apply(i), "backfleet_r." + VALUE + work.placeOfKey(i)))
                .collect(joining(" and "));
    }

    private String insert(String returned) {
        return "  insert into " + work.into().quoted() + " as " + COPY + " (" + names(name -> name) + ")\n  select "
                + numbered(work.values().size()).mapToObj(i -> VALUE + i).collect(joining(", "))
                + "\n  from backfleet_source" + andNotThere() + onConflict() + "\n  returning " + returned;
    }

    private String onConflict() {
        if (work.conflict() == OnConflict.FAIL) {
            return "";
        }
        var key = numbered(work.into().key().size()).mapToObj(this::keyOfCopy).collect(joining(", "));
        var conflict = "\n  on conflict (" + key + ") do ";
        if (work.conflict() == OnConflict.UPDATE) {
            return conflict + "update set " + names(name -> name + " = excluded." + name) + ifDifferent();
        }
        // A copy that another session has inserted since the statement began has something to write back all the same,
        // and only an update returns it.
        var first = keyOfCopy(1);
        return conflict + (work.back().isEmpty() ? "nothing" : "update set " + first + " = " + COPY + "." + first);
    }

    // A row that has the values already is not written again, unless it must be returned. Their stored bytes are
    // compared: not every type has an equality, and two equal values may be shown differently.
    private String ifDifferent() {
        return work.back().isEmpty()
                ? "\n  where cast(row(" + names(name -> COPY + "." + name)
                        + ") as \"pg_catalog\".\"record\") operator(\"pg_catalog\".*<>) cast(row("
                        + names(name -> "excluded." + name) + ") as \"pg_catalog\".\"record\")"
                : "";
    }

    private String returned() {
        var columns = new ArrayList<String>();
        numbered(work.into().key().size()).forEach(i -> columns.add(COPY + "." + keyOfCopy(i) + " as " + COPY_KEY + i));
        numbered(work.back().size())
                .forEach(i -> columns.add(COPY + "."
                        + Identifier.of(work.back().get(i - 1).from()).quoted() + " as " + BACK + i));
        return String.join(", ", columns);
    }

    private String writeBack(String relation, String rows) {
        var set = numbered(work.back().size())
                .mapToObj(i -> Identifier.of(work.back().get(i - 1).column()).quoted() + " = backfleet_c." + BACK + i)
                .collect(joining(", "));
        var same = numbered(order.columns())
                .mapToObj(i -> order.compare(i, row.key(i), Comparison.EQUAL, "backfleet_r." + ROW_KEY + i))
                .collect(joining(" and "));
        return "  update only " + relation + " as " + row.quoted() + "\n  set " + set
                + "\n  from backfleet_source backfleet_r join backfleet_copy backfleet_c on "
                + ofRow(i -> "backfleet_c." + COPY_KEY + i) + "\n  where ("
                + rows
                + ") and " + same + "\n  returning 1";
    }

    private String keyOfCopy(int i) {
        return Identifier.of(work.into().key().get(i - 1).name()).quoted();
    }

    private static IntStream numbered(int count) {
        return IntStream.rangeClosed(1, count);
    }

    private String names(UnaryOperator<String> each) {
        return work.values().stream()
                .map(CopiedColumn::name)
                .map(name -> each.apply(Identifier.of(name).quoted()))
                .collect(joining(", "));
    }
}
