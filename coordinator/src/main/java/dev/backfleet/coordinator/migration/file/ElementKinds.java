package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecColumnsType;
import dev.backfleet.common.spec.key.SpecExpressionType;
import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.spec.key.SpecQueryType;
import dev.backfleet.common.spec.key.SpecScalarType;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.spec.key.SpecValues;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.Element;
import java.util.List;
import java.util.function.Function;

/** The kinds of elements of {@code expand} and {@code finish}, each defined once for the parser and the reference page. */
final class ElementKinds {
    private static final SpecType<SqlExpression> CONDITION = new SpecExpressionType(SpecExpressionType.Role.CONDITION);
    private static final SpecType<List<Identifier>> COLUMNS = new SpecColumnsType("each once");

    private static final SpecKey<Identifier> NAME = required("name", SqlTypes.NAME, "Its name.", "customers_names");
    private static final SpecKey<Identifier> COLUMN =
            required("column", SpecScalarType.COLUMN, "The column.", "first_name");

    private static final SpecKey<List<String>> PARTS =
            required("on", SqlTypes.PARTS, "Its columns or expressions.", "[tenant_id, \"lower(last_name)\"]");
    private static final SpecKey<Boolean> UNIQUE = new SpecKey<>(
            "unique", SpecScalarType.TRUTH, Absence.standsFor("false"), "Whether it allows each value once.", "true");
    private static final SpecKey<String> USING =
            optional("using", SqlTypes.METHOD, "btree", "Its access method.", "gin");
    private static final SpecKey<List<Identifier>> INCLUDE = optional(
            "include", COLUMNS, "none", "Columns that it holds without being ordered by them.", "[first_name]");
    private static final SpecKey<SqlExpression> WHERE =
            optional("where", CONDITION, "every row", "Which rows are in it.", "\"last_name is not null\"");

    private static final SpecKey<List<Identifier>> ON = required("on", COLUMNS, "Its columns.", "[tenant_id, email]");
    private static final SpecKey<SqlExpression> CHECKED =
            required("condition", CONDITION, "What holds for each row.", "\"length(last_name) < 200\"");

    private static final SpecKey<TableName> REFERENCES =
            required("references", SpecScalarType.TABLE, "The table that it refers to.", "public.countries");
    private static final SpecKey<List<Identifier>> REFERRED =
            required("columns", COLUMNS, "The columns there, as many as in `on`.", "[id]");
    private static final SpecKey<String> ON_DELETE = optional(
            "on-delete", SqlTypes.ON_DELETE, "`no action`", "What happens when the row there is deleted.", "cascade");

    private static final SpecKey<SqlExpression> VALUE =
            required("value", new SpecExpressionType(SpecExpressionType.Role.NEW_VALUE), "The default.", "\"'new'\"");
    private static final SpecKey<String> COMMENT = required("text", SqlTypes.TEXT, "The comment.", "given name");

    private static final SpecKey<List<String>> KINDS =
            optional("kinds", SqlTypes.STATISTICS, "all kinds", "Which statistics.", "[dependencies, mcv]");

    private static final SpecKey<TableName> ENUM = required("type", SqlTypes.TYPE, "The type.", "public.mood");
    private static final SpecKey<String> LABEL = required("value", SqlTypes.LABEL, "The new value.", "curious");
    private static final SpecKey<String> AFTER =
            optional("after", SqlTypes.LABEL, "at the end", "The value that it follows.", "happy");

    private static final SpecKey<String> TITLE =
            required("title", SqlTypes.TEXT, "What it does, as a clause.", "raise the statistics target");
    private static final SpecKey<String> APPLY = required(
            "apply",
            new SqlStatementType(),
            "The statement that does it, with the table's schema.",
            "\"alter table public.customers alter last_name set statistics 500\"");
    private static final SpecKey<String> CHECK = required(
            "check",
            new SpecQueryType(),
            "A query of one boolean: whether it is done.",
            "\"select attstattarget = 500 from pg_attribute where attrelid = 'public.customers'::regclass "
                    + "and attname = 'last_name'\"");
    private static final SpecKey<String> UNDO = optional(
            "undo",
            new SqlStatementType(),
            "it is not taken back",
            "The statement that takes it back.",
            "\"alter table public.customers alter last_name set statistics -1\"");
    private static final SpecKey<LockMode> LOCK = optional(
            "lock",
            SqlTypes.LOCK,
            "none",
            "The strongest lock that it takes on the migration's table; `plan` tries it.",
            "share update exclusive");

    static final ElementKind INDEX = kind(
            "index",
            "An index, built concurrently.",
            "{ name: customers_names, on: [tenant_id, last_name, first_name] }",
            List.of(NAME, PARTS, UNIQUE, USING, INCLUDE, WHERE),
            values -> new Element.Index(
                    values.get(NAME),
                    values.get(PARTS),
                    values.get(UNIQUE),
                    values.find(USING),
                    values.find(INCLUDE).orElse(List.of()),
                    values.find(WHERE)));

    static final ElementKind FOREIGN_KEY = new ElementKind(
            "foreign-key",
            "A foreign key, validated without keeping writers out.",
            "{ name: customers_country_fk, on: [country_id], references: public.countries, columns: [id] }",
            List.of(NAME, ON, REFERENCES, REFERRED, ON_DELETE),
            ElementKinds::foreignKey);

    static final ElementKind SQL = kind(
            "sql",
            "Anything else: a statement with its check, and with the way back if there is one.",
            "{ title: …, apply: \"…\", check: \"…\", undo: \"…\", lock: share update exclusive }",
            List.of(TITLE, APPLY, CHECK, UNDO, LOCK),
            values -> new Element.Sql(
                    values.get(TITLE), values.get(APPLY), values.get(CHECK), values.find(UNDO), values.find(LOCK)));

    static final ElementKind INTO = new ElementKind(
            "into",
            "The same of the table that takes the copies: an element of any kind but `enum-value`, `sql` and `into`.",
            "{ index: { name: shipments_carrier, on: [carrier] } }",
            List.of(),
            ElementKinds::ofTheOther);

    /** In the order of the reference. */
    static final List<ElementKind> ALL = List.of(
            INDEX,
            kind(
                    "unique",
                    "A unique constraint over an index that is built concurrently.",
                    "{ name: customers_email_key, on: [tenant_id, email] }",
                    List.of(NAME, ON),
                    values -> new Element.Unique(values.get(NAME), values.get(ON))),
            ofColumn(
                    "not-null",
                    "The column no longer accepts NULL. Of a column of `to`, only in `finish`.",
                    Element.NotNull::new),
            ofColumn(
                    "drop-not-null",
                    "The column accepts NULL again: for one of `from` that new code no longer writes, unless there is a `down`.",
                    Element.DropNotNull::new),
            kind(
                    "check",
                    "A check constraint, validated without keeping writers out.",
                    "{ name: customers_names_check, condition: \"length(last_name) < 200\" }",
                    List.of(NAME, CHECKED),
                    values -> new Element.Check(values.get(NAME), values.get(CHECKED))),
            FOREIGN_KEY,
            kind(
                    "default",
                    "A default for rows that are inserted from then on.",
                    "{ column: first_name, value: \"''\" }",
                    List.of(COLUMN, VALUE),
                    values -> new Element.Default(values.get(COLUMN), values.get(VALUE))),
            kind(
                    "comment",
                    "A comment on a column.",
                    "{ column: first_name, text: given name }",
                    List.of(COLUMN, COMMENT),
                    values -> new Element.Comment(values.get(COLUMN), values.get(COMMENT))),
            kind(
                    "statistics",
                    "Extended statistics.",
                    "{ name: customers_names_stats, on: [tenant_id, last_name] }",
                    List.of(NAME, PARTS, KINDS),
                    values -> new Element.Statistics(
                            values.get(NAME),
                            values.get(PARTS),
                            values.find(KINDS).orElse(List.of()))),
            kind(
                    "enum-value",
                    "A further value of an enum type; it cannot be removed again.",
                    "{ type: public.mood, value: curious, after: happy }",
                    List.of(ENUM, LABEL, AFTER),
                    values -> new Element.EnumValue(values.get(ENUM), values.get(LABEL), values.find(AFTER))),
            SQL,
            INTO);

    private ElementKinds() {}

    private static Element ofTheOther(SpecField field) {
        var element = ElementsType.element(field);
        if (element instanceof Element.Into || element instanceof Element.Sql || element instanceof Element.EnumValue) {
            throw field.problem("has an element that names its table itself, or none", "write it without into");
        }
        return new Element.Into(element);
    }

    private static Element foreignKey(SpecField field) {
        var values = SpecValues.of(field);
        var key = new Element.ForeignKey(
                values.get(NAME), values.get(ON), values.get(REFERENCES), values.get(REFERRED), values.find(ON_DELETE));
        if (key.columns().size() != key.referred().size()) {
            throw field.problem(
                    "has " + key.columns().size() + " columns that refer to "
                            + key.referred().size(),
                    "name as many in columns as in on");
        }
        return key;
    }

    private static ElementKind kind(
            String word,
            String sentence,
            String example,
            List<SpecKey<?>> keys,
            Function<SpecValues, Element> element) {
        return new ElementKind(word, sentence, example, keys, field -> element.apply(SpecValues.of(field)));
    }

    private static ElementKind ofColumn(String word, String sentence, Function<Identifier, Element> element) {
        return new ElementKind(
                word, sentence, COLUMN.example(), List.of(), field -> element.apply(SpecScalarType.COLUMN.read(field)));
    }

    private static <T> SpecKey<T> required(String path, SpecType<T> type, String sentence, String example) {
        return new SpecKey<>(path, type, Absence.REFUSED, sentence, example);
    }

    private static <T> SpecKey<T> optional(
            String path, SpecType<T> type, String absence, String sentence, String example) {
        return new SpecKey<>(path, type, Absence.means(absence), sentence, example);
    }
}
