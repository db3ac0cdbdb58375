package dev.backfleet.common.job.kind;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backfleet.common.sql.Identifier;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column that the job set, and how its value is compared with what the expression gives now.
 *
 * @param name the column's name in the catalog
 * @param number its attribute number
 * @param expression the SQL expression over the row, as the job has it
 * @param type the column's type, written so that a cast to it works under any search path
 * @param equality how two values of the type are compared
 * @param operator the operator of {@link Equality#OPERATOR}, as it is written in SQL; otherwise null
 */
public record ComparedColumn(
        String name,
        int number,
        String expression,
        String type,
        Equality equality,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String operator) {

    public ComparedColumn {
        Objects.requireNonNull(equality);
        if ((equality == Equality.OPERATOR) != (operator != null)) {
            throw new IllegalArgumentException("an operator belongs to equality by operator: " + name);
        }
    }

    /** The column of the row that a statement knows by an alias, as it is written in SQL. */
    public String of(String alias) {
        return alias + "." + Identifier.of(name).quoted();
    }

    /** How two values are compared. */
    public enum Equality {
        /** By the type's own equality, which PostgreSQL has under any search path. */
        VALUE,
        /** By the type's own equality under collation C: whatever collations the column and the expression have. */
        BYTES_OF_TEXT,
        /** By an operator that is named with its schema, since the search path need not contain it. */
        OPERATOR,
        /** By the stored bytes: the type has no equality of its values. */
        IMAGE
    }
}
