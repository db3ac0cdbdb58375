package dev.backfleet.coordinator.postgres.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.forecast.LoggedBatch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Measures what a batch writes to the write-ahead log, with EXPLAIN (ANALYZE, WAL), which counts what its own statement writes and
 * nothing of others. Triggers that fire after the statement are not in there: with one, the distance that the server's log advances
 * meanwhile is taken, which has what others write as well.
 */
final class WalTrial {

    // What keeps old values, and what removes them when they are put back.
    private static final List<String> UNREAD = List.of("CTE backfleet_kept", "CTE backfleet_put_back");

    private final TrialSession session;
    private final JobDefinition job;
    private final boolean triggersFollow;
    private final RowAlias alias;

    WalTrial(TrialSession session, JobDefinition job, boolean triggersFollow) {
        this.session = session;
        this.job = job;
        this.triggersFollow = triggersFollow;
        this.alias = new RowAlias(job);
    }

    /** Runs a batch, rolls it back, and tells what it logged. */
    Logged run(TrialPlace place, int rows) {
        var logged = new AtomicReference<@Nullable LoggedBatch>();
        var attempt = session.rolledBack(place, () -> {
            var connection = session.connection();
            var before = position();
            var sql = "explain (analyze, wal, timing off, format json) "
                    + BatchStatement.of(job, place.leaf(), Start.AFTER_A_ROW, false);
            JsonNode explained;
            try (var statement = connection.prepareStatement(sql)) {
                session.bind(statement, place, rows);
                try (var row = statement.executeQuery()) {
                    row.next();
                    explained = PlanJson.parsed(row.getString(1));
                }
            }
            var plan = explained.path("Plan");
            var took =
                    Duration.ofNanos(Math.round(explained.path("Execution Time").asDouble() * 1e6));
            session.execute("set constraints all immediate");
            var distance = position() - before;
            var changed = changed(plan);
            var bytes = sum(plan, "WAL Bytes");
            var all = triggersFollow ? Math.max(bytes, distance) : bytes;
            var fullPages = sum(plan, "WAL FPI");
            logged.set(new LoggedBatch(
                    changed,
                    took,
                    took,
                    all,
                    fullPages,
                    all,
                    fullPages,
                    addedWidth(place, rows, changed),
                    setWidth(place, rows),
                    pagesPerRow(place, rows)));
            return new Attempt(rows, changed, changed, 0, Duration.ZERO, null, null);
        });
        return new Logged(attempt, Optional.ofNullable(logged.get()));
    }

    // The first node has what all others have, except for those that nothing reads from: PostgreSQL runs them after it.
    private static long sum(JsonNode plan, String field) {
        return plan.path(field).asLong()
                + UNREAD.stream()
                        .mapToLong(name -> PlanJson.part(plan, name).path(field).asLong())
                        .sum();
    }

    // The node that updates has as many rows as it returned, one for each that it changed.
    private static long changed(JsonNode plan) {
        if (plan.path("Subplan Name").asText().equals("CTE backfleet_change")) {
            return plan.path("Actual Rows").asLong();
        }
        long changed = 0;
        for (var child : plan.path("Plans")) {
            changed += changed(child);
        }
        return changed;
    }

    private long position() throws SQLException {
        try (var statement = session.connection().createStatement();
                var row = statement.executeQuery(
                        "select pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    // The width before is that of the rows behind the batch: to read the batch's own rows before it would change what
    // it
    // logs.
    private @Nullable Double addedWidth(TrialPlace place, int rows, long changed) throws SQLException {
        if (job.work().columns().isEmpty() || changed == 0) {
            return null;
        }
        var width = width();
        var added = readable(
                "select (select sum(v) from (" + rowsFrom(width, place, 0, rows) + ") c) - (select avg(v) * " + rows
                        + " from (" + rowsFrom(width, place, rows, rows) + ") o)",
                place);
        return added == null ? null : added / changed;
    }

    private @Nullable Double setWidth(TrialPlace place, int rows) throws SQLException {
        return job.work().columns().isEmpty()
                ? null
                : readable("select avg(v)::double precision from (" + rowsFrom(width(), place, 0, rows) + ") c", place);
    }

    private String width() {
        return job.work().columns().stream()
                .map(column -> "coalesce(pg_catalog.pg_column_size(" + alias.quoted() + "."
                        + Identifier.of(column).quoted() + "), 0)")
                .collect(Collectors.joining(" + "));
    }

    // How many further pages for each further row. Of the rows behind the batch, too: its own are somewhere else now.
    private @Nullable Double pagesPerRow(TrialPlace place, int rows) throws SQLException {
        var page = "pg_catalog.split_part(" + alias.quoted() + ".ctid::text, ',', 1)";
        return readable(
                "select (count(distinct v) - 1)::double precision / nullif(count(*) - 1, 0) from ("
                        + rowsFrom(page, place, rows, rows) + ") p",
                place);
    }

    private String rowsFrom(String value, TrialPlace place, int skipped, int rows) {
        var order = new KeyOrder(job.key());
        return "select " + value + " as v from only " + place.leaf().quoted() + " as " + alias.quoted() + " where "
                + order.compare(
                        alias::key,
                        Comparison.GREATER,
                        i -> "(select k[" + i + "]::" + order.column(i).type() + " from backfleet_from)")
                + " order by " + order.ordered(alias::key, false) + " offset " + skipped + " limit " + rows;
    }

    /** A number, or null if there is none, or if this role may not read it. */
    private @Nullable Double readable(String question, TrialPlace place) throws SQLException {
        session.execute("savepoint backfleet_reads");
        var sql = "with backfleet_from as materialized (select ?::text[] as k) " + question;
        try (var statement = session.connection().prepareStatement(sql)) {
            statement.setArray(
                    1, session.connection().createArrayOf("text", place.after().toArray()));
            try (var result = statement.executeQuery()) {
                result.next();
                var number = result.getDouble(1);
                return result.wasNull() ? null : number;
            }
        } catch (PSQLException e) {
            if (SqlStateCodes.NO_PERMISSION.equals(e.getSQLState())) {
                session.execute("rollback to savepoint backfleet_reads");
                return null;
            }
            throw e;
        }
    }

    /** What came of a trial. */
    record Logged(Attempt attempt, Optional<LoggedBatch> batch) {}
}
