package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecExpressionType;
import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.spec.key.SpecScalarType;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.spec.key.SpecValues;
import dev.backfleet.common.spec.parse.UnknownKeys;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.coordinator.migration.Migration.NewColumn;
import java.util.List;
import java.util.Set;

/** What the file says of a column of the new shape. */
record NewColumnType() implements SpecType<NewColumn> {
    // What may follow a type in a column's definition, each with keys or elements of its own.
    private static final Set<String> CONSTRAINTS = Set.of(
            "not",
            "null",
            "default",
            "primary",
            "unique",
            "references",
            "check",
            "constraint",
            "generated",
            "storage",
            "compression");

    static final SpecKey<String> TYPE = new SpecKey<>(
            "type",
            new SpecScalarType<>(
                    "type", "as in SQL, with a collation if need be, and nothing after it", text -> type(text)),
            Absence.REFUSED,
            "The column's type.",
            "numeric(10,2)");

    static final SpecKey<SqlExpression> UP = new SpecKey<>(
            "up",
            new SpecExpressionType(SpecExpressionType.Role.NEW_VALUE),
            Absence.REFUSED,
            "Its value, as an SQL expression over the columns of `from`; no sub-select.",
            "\"split_part(full_name, ' ', 1)\"");

    static final SpecKey<SqlExpression> DEFAULT = new SpecKey<>(
            "default",
            new SpecExpressionType(SpecExpressionType.Role.NEW_VALUE),
            Absence.means("no default"),
            "Its default, a constant. All rows have it from the beginning, so `backfill.where` must tell which ones are to be changed.",
            "\"'new'\"");

    static final List<SpecKey<?>> ALL = List.of(TYPE, UP, DEFAULT);

    @Override
    public String description() {
        return "`{ type, up, default }`";
    }

    @Override
    public String check() {
        return "";
    }

    @Override
    public NewColumn read(SpecField field) {
        new UnknownKeys(field.at(), ALL).refuse(field.path(), field.group());
        var values = SpecValues.of(field);
        return new NewColumn(values.get(TYPE), values.get(UP), values.find(DEFAULT));
    }

    private static String type(String text) {
        var parsed = SqlExpression.parse(text);
        parsed.names().stream()
                .filter(CONSTRAINTS::contains)
                .sorted()
                .findFirst()
                .ifPresent(word -> {
                    throw new BadTextException(
                            "has more than a type: " + word,
                            word.equals("default")
                                    ? "write the default as a key of its own: default: \"…\""
                                    : "write the type alone; constraints are elements of expand or finish");
                });
        return text.strip();
    }
}
