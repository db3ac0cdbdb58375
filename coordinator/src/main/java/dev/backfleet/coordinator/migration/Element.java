package dev.backfleet.coordinator.migration;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockMode;
import java.util.List;
import java.util.Optional;

/** One thing that {@code expand} or {@code finish} of a migration asks for. */
public sealed interface Element {

    /** The columns or expressions of an index, each as SQL writes it; its condition, and further columns that it only holds. */
    record Index(
            Identifier name,
            List<String> on,
            boolean unique,
            Optional<String> using,
            List<Identifier> include,
            Optional<SqlExpression> where)
            implements Element {}

    /** A unique constraint over an index that is built concurrently. */
    record Unique(Identifier name, List<Identifier> on) implements Element {}

    /** A column that no longer accepts NULL. */
    record NotNull(Identifier column) implements Element {}

    /** A column that accepts NULL again. */
    record DropNotNull(Identifier column) implements Element {}

    /** A check constraint. */
    record Check(Identifier name, SqlExpression condition) implements Element {}

    /** A foreign key; {@code onDelete}: as SQL writes it, such as {@code cascade}. */
    record ForeignKey(
            Identifier name,
            List<Identifier> columns,
            TableName table,
            List<Identifier> referred,
            Optional<String> onDelete)
            implements Element {}

    /** A default for rows that are inserted from then on. */
    record Default(Identifier column, SqlExpression value) implements Element {}

    /** A comment on a column. */
    record Comment(Identifier column, String text) implements Element {}

    /** Extended statistics. */
    record Statistics(Identifier name, List<String> on, List<String> kinds) implements Element {}

    /** A further value of an enum type; {@code after}: the value that it follows. */
    record EnumValue(TableName type, String value, Optional<String> after) implements Element {}

    /** An element of the table that takes the copies, if the new shape is there. */
    record Into(Element element) implements Element {}

    /**
     * Statements of the file's author.
     *
     * @param title what they do
     * @param apply the statement that does it
     * @param check a query of one boolean: whether it is done
     * @param undo the statement that takes it back; empty: it is not taken back
     * @param lock the strongest lock that it takes on the migration's table; empty: none
     */
    record Sql(String title, String apply, String check, Optional<String> undo, Optional<LockMode> lock)
            implements Element {}
}
