package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecScalarType;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.ddl.LockMode;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** Types of values that only elements of a migration have. */
final class SqlTypes {
    private static final List<String> KINDS = List.of("ndistinct", "dependencies", "mcv");
    private static final List<String> ACTIONS = List.of("no action", "restrict", "cascade", "set null", "set default");

    static final SpecScalarType<Identifier> NAME = new SpecScalarType<>("name", "as in SQL", Identifier::parse);

    static final SpecScalarType<TableName> TYPE =
            new SpecScalarType<>("type or schema.type", "an enum type", TableName::parse);

    static final SpecScalarType<String> METHOD = new SpecScalarType<>(
            "name", "an access method", text -> Identifier.parse(text).toString());

    static final SpecScalarType<String> TEXT = new SpecScalarType<>("text", "", text -> text);

    static final SpecScalarType<String> LABEL = new SpecScalarType<>(
            "text", "at most 63 bytes", text -> Identifier.of(text).name());

    static final SpecScalarType<String> ON_DELETE = word(ACTIONS);

    static final SpecScalarType<LockMode> LOCK =
            new SpecScalarType<>("lock mode", "as in `LOCK TABLE … IN … MODE`", text -> Stream.of(LockMode.values())
                    .filter(mode -> mode.sql().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new BadTextException(
                            Shown.text(text) + " is not a mode of a lock", "write one like access exclusive")));

    /** Columns or expressions of an index or of statistics, each as SQL writes it. */
    static final SpecType<List<String>> PARTS =
            list("list of columns or expressions", "each as in SQL; each once", text -> {
                SqlExpression.parse(text);
                return text.strip();
            });

    static final SpecType<List<String>> STATISTICS = list(
            "list of words",
            "`" + String.join("`, `", KINDS) + "`; each once",
            word(KINDS).parse());

    private SqlTypes() {}

    private static SpecScalarType<String> word(List<String> words) {
        return new SpecScalarType<>("word", "`" + String.join("`, `", words) + "`", text -> {
            var word = text.toLowerCase(Locale.ROOT);
            if (!words.contains(word)) {
                throw new BadTextException(
                        Shown.text(text) + " is not known here", "write one of: " + String.join(", ", words));
            }
            return word;
        });
    }

    private static SpecType<List<String>> list(String description, String check, Function<String, String> item) {
        return new SpecType<>() {
            @Override
            public String description() {
                return description;
            }

            @Override
            public String check() {
                return check;
            }

            @Override
            public List<String> read(SpecField field) {
                var items = field.items().stream().map(one -> one.readSql(item)).toList();
                items.stream()
                        .filter(one -> items.indexOf(one) != items.lastIndexOf(one))
                        .findFirst()
                        .ifPresent(one -> {
                            throw field.problem("has " + one + " twice", "remove one of them");
                        });
                return items;
            }
        };
    }
}
