package dev.backfleet.common.job.kind;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backfleet.common.sql.SqlExpression;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares rows with what a job should have made of them, and counts those that are not so. Changes no row of the table, and
 * locks none.
 *
 * @param job the id of the job that is checked
 * @param compared the columns that it set
 * @param recomputable whether the expressions give the same value again after the change; if not, they are not evaluated
 * @param selected the condition on the rows that it changed; null: every row
 * @param selectedBy the other columns of the table that {@code selected} names
 * @param different the spec's own condition for a row that is wrong; null: a row whose values are not those of the expressions
 * @param tenant the column by whose value rows are counted; null: they are counted together
 * @param submittedXid transactions with a lower id had ended when the job was submitted; null: not known
 * @param finishedXid transactions with this id or a higher one began after the job's end; null: not known
 * @param standby the JDBC URL, without user and password, of a standby on which rows are read; null: they are read where all
 *     else is stored
 * @param copied where the copies of the rows are, if the job that is checked copies rows: then the compared columns are those of the
 *     copies; null: the job changes the rows themselves
 * @param down how old columns follow from the compared ones, which may hold more than the old ones can: a row with other values is then
 *     only wrong if the old columns do not follow from them either; null: they do not follow
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CompareRows(
        long job,
        List<ComparedColumn> compared,
        boolean recomputable,
        @Nullable String selected,
        List<String> selectedBy,
        @Nullable String different,
        @Nullable String tenant,
        @Nullable Long submittedXid,
        @Nullable Long finishedXid,
        @Nullable String standby,
        @Nullable ComparedCopy copied,
        @Nullable List<ComparedColumn> down)
        implements Work {

    public CompareRows {
        compared = List.copyOf(compared);
        selectedBy = List.copyOf(selectedBy);
        down = down == null ? null : List.copyOf(down);
        if (compared.isEmpty()) {
            throw new IllegalArgumentException("no column is compared");
        }
    }

    /** Whether the condition on rows depends on a column that the job set, so that it need not hold for a changed row. */
    public boolean selectionDependsOnChange(String table) {
        return selected != null && names(selected, table);
    }

    /**
     * Whether an expression depends on a column that the job set.
     *
     * @param table the table's name: an expression that names it as a whole may use any column
     */
    public boolean names(String expression, String table) {
        var parsed = SqlExpression.parse(expression);
        var changed = copied == null
                ? compared.stream().map(ComparedColumn::name)
                : copied.back().stream().map(WriteBack::column);
        return parsed.values().contains(table) || changed.anyMatch(parsed.names()::contains);
    }

    @Override
    public Kind kind() {
        return Kind.COMPARE_ROWS;
    }

    @Override
    public List<Assignment> set() {
        return List.of();
    }

    /** Null: it reads every row. */
    @Override
    public @Nullable String where() {
        return null;
    }

    /** The same: it sets no column. */
    @Override
    public CompareRows setting(Assignment change) {
        return this;
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public List<SqlExpression> expressions() {
        return Stream.of(
                        compared.stream().filter(column -> recomputable).map(ComparedColumn::expression),
                        Stream.ofNullable(selected),
                        Stream.ofNullable(different),
                        Stream.ofNullable(down).flatMap(List::stream).map(ComparedColumn::expression))
                .flatMap(expressions -> expressions)
                .map(SqlExpression::parse)
                .toList();
    }

    @Override
    public boolean changesRows() {
        return false;
    }

    @Override
    public boolean suppressesTriggers() {
        return false;
    }

    @Override
    public @Nullable String migration() {
        return null;
    }

    @Override
    public OldValues old() {
        return OldValues.LOST;
    }
}
