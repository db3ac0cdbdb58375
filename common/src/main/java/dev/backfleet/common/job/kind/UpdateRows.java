package dev.backfleet.common.job.kind;

import dev.backfleet.common.sql.SqlExpression;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Updates rows in place, with values that PostgreSQL computes from each row.
 *
 * @param set what to change, in the spec's order
 * @param where which rows still need the change; null: every row
 * @param triggers whether the table's triggers fire
 * @param old what becomes of the values that it overwrites
 * @param migration the migration that it belongs to, whose sync does not fire in its transactions; null: it belongs to none
 */
public record UpdateRows(
        List<Assignment> set,
        @Nullable String where,
        Triggers triggers,
        OldValues old,
        @Nullable String migration) implements Work {

    /** The setting of a transaction that names the migration whose sync does not fire in it. */
    public static final String SYNC = "backfleet.sync";

    public UpdateRows {
        set = List.copyOf(set);
        Objects.requireNonNull(triggers);
        Objects.requireNonNull(old);
    }

    /** An update that belongs to no migration. */
    public UpdateRows(List<Assignment> set, @Nullable String where, Triggers triggers, OldValues old) {
        this(set, where, triggers, old, null);
    }

    /** The same, which does not keep the values that it overwrites. */
    public UpdateRows(List<Assignment> set, @Nullable String where, Triggers triggers) {
        this(set, where, triggers, OldValues.LOST);
    }

    @Override
    public UpdateRows setting(Assignment change) {
        var assignments = set.stream()
                .map(old -> old.column().equals(change.column()) ? change : old)
                .toList();
        return new UpdateRows(assignments, where, triggers, old, migration);
    }

    @Override
    public Kind kind() {
        return Kind.UPDATE_ROWS;
    }

    @Override
    public List<String> columns() {
        return set.stream().map(Assignment::column).toList();
    }

    @Override
    public List<SqlExpression> expressions() {
        return Stream.concat(set.stream().map(Assignment::expression), Stream.ofNullable(where))
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
}
