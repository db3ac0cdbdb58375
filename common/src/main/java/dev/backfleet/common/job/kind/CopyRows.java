package dev.backfleet.common.job.kind;

import dev.backfleet.common.sql.SqlExpression;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies rows into another table, one row there for each row here, with values that PostgreSQL computes from the locked row.
 *
 * @param into the table that takes the rows
 * @param values what each of its columns is given, in the spec's order; the columns of its key are among them
 * @param where which rows still need to be copied; null: every row
 * @param conflict what becomes of a row there that has the key already
 * @param back the columns of the row here that are given what the row there has, such as its id
 * @param triggers whether triggers of both tables fire
 * @param migration the migration that it belongs to, whose sync does not fire in its transactions; null: it belongs to none
 */
public record CopyRows(
        CopyTarget into,
        List<CopiedColumn> values,
        @Nullable String where,
        OnConflict conflict,
        List<WriteBack> back,
        Triggers triggers,
        @Nullable String migration)
        implements Work {

    /** Checks that the values contain the key: without it, no row there could be found again. */
    public CopyRows {
        values = List.copyOf(values);
        back = List.copyOf(back);
        Objects.requireNonNull(conflict);
        Objects.requireNonNull(triggers);
        for (var key : into.key()) {
            if (values.stream().noneMatch(value -> value.name().equals(key.name()))) {
                throw new IllegalArgumentException("no value for the key column " + key.name());
            }
        }
    }

    /** The value of a key column, by its place in the key from 1: its place among the values, from 1. */
    public int placeOfKey(int column) {
        var name = into.key().get(column - 1).name();
        return values.stream().map(CopiedColumn::name).toList().indexOf(name) + 1;
    }

    @Override
    public CopyRows setting(Assignment change) {
        var changed = values.stream()
                .map(old -> old.name().equals(change.column())
                        ? new CopiedColumn(old.name(), old.number(), change.expression(), old.type())
                        : old)
                .toList();
        return new CopyRows(into, changed, where, conflict, back, triggers, migration);
    }

    @Override
    public Kind kind() {
        return Kind.COPY_ROWS;
    }

    /** The values of the columns of the other table. */
    @Override
    public List<Assignment> set() {
        return values.stream()
                .map(value -> new Assignment(value.name(), value.number(), value.expression()))
                .toList();
    }

    /** The columns of the job's own table that are written back. */
    @Override
    public List<String> columns() {
        return back.stream().map(WriteBack::column).toList();
    }

    @Override
    public List<SqlExpression> expressions() {
        return Stream.concat(values.stream().map(CopiedColumn::expression), Stream.ofNullable(where))
                .map(SqlExpression::parse)
                .toList();
    }

    @Override
    public boolean changesRows() {
        return true;
    }

    @Override
    public boolean suppressesTriggers() {
        return triggers == Triggers.SUPPRESS;
    }

    /** Always lost: what is copied stays where it is. */
    @Override
    public OldValues old() {
        return OldValues.LOST;
    }
}
