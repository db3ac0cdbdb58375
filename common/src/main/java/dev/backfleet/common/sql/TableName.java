package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import java.util.Optional;

/**
 * A table's name as a person writes it: with its schema, or resolved by the search path.
 *
 * @param schema the schema, if it was written
 * @param name the table
 */
public record TableName(Optional<Identifier> schema, Identifier name) {

    /** A table in a schema. */
    public static TableName of(Identifier schema, Identifier name) {
        return new TableName(Optional.of(schema), name);
    }

    /**
     * Reads {@code table} or {@code schema.table}, each name written as in SQL.
     *
     * @throws BadTextException if it is anything else
     */
    public static TableName parse(String written) {
        var reader = new NameReader(written);
        var first = reader.next();
        if (!reader.dot()) {
            reader.end();
            return new TableName(Optional.empty(), first);
        }
        var second = reader.next();
        if (reader.dot()) {
            throw new BadTextException(
                    Shown.text(written) + " has more than two parts",
                    "write schema.table: the database is the one that Backfleet is connected to");
        }
        reader.end();
        return of(first, second);
    }

    /** For SQL: each part in double quotes. */
    public String quoted() {
        return schema.map(s -> s.quoted() + ".").orElse("") + name.quoted();
    }

    /** As a person writes it. */
    @Override
    public String toString() {
        return schema.map(s -> s + ".").orElse("") + name;
    }
}
