package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.sql.Identifier;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A change of definitions that is made in one transaction.
 *
 * @param table what is locked against another runner: with its schema, quoted
 * @param statements the statements, complete SQL
 * @param role who executes them; empty: the session's user
 * @param limit the longest that they may run in all; empty: no limit
 * @param journal what is stored in the same transaction
 */
record DdlChange(
        String table,
        List<String> statements,
        Optional<Identifier> role,
        Optional<Duration> limit,
        DdlJournal journal) {
    DdlChange {
        statements = List.copyOf(statements);
    }
}
