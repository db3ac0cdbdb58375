package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import java.util.Locale;
import java.util.Set;

/** A key whose value is one SQL statement, without the semicolon. */
record SqlStatementType() implements SpecType<String> {
    // They would end the transaction in which it is executed, or are no statement of SQL at all.
    private static final Set<String> OF_TRANSACTIONS =
            Set.of("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare");

    @Override
    public String description() {
        return "SQL statement";
    }

    @Override
    public String check() {
        return "one statement, without `;`";
    }

    @Override
    public String read(SpecField field) {
        return field.readSql(SqlStatementType::statement);
    }

    private static String statement(String text) {
        if (text.stripTrailing().endsWith(";")) {
            throw new BadTextException("ends with \";\"", "write one statement, without it");
        }
        // In parentheses a comma may stand anywhere.
        SqlExpression.parse("(" + text + "\n)");
        var first = text.strip().split("\\W", 2)[0].toLowerCase(Locale.ROOT);
        if (OF_TRANSACTIONS.contains(first)) {
            throw new BadTextException(
                    "begins with " + first, "write the statement alone: Backfleet begins and ends its transaction");
        }
        return text;
    }
}
