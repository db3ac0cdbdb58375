package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.postgres.StatementStatistics;
import dev.backfleet.coordinator.throttle.CounterRate;
import dev.backfleet.coordinator.throttle.Sample;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The average duration of the application's statements, from pg_stat_statements; nothing without that extension. */
final class StatementLatency {
    private static final Duration WINDOW = Duration.ofSeconds(4);

    private static final String TOTALS = """
            select coalesce(sum(calls), 0), coalesce(sum(total_exec_time), 0) / 1000,
                   coalesce(bool_or(query = '<insufficient privilege>'), false)
            from {schema}.pg_stat_statements
            where dbid = (select oid from pg_catalog.pg_database where datname = current_database())
              and query not like '%backfleet%'
            """;

    private final Ticker ticker;
    private final CounterRate calls = new CounterRate(WINDOW);
    private final CounterRate seconds = new CounterRate(WINDOW);

    StatementLatency(Ticker ticker) {
        this.ticker = ticker;
    }

    Optional<Sample> read(Connection connection) {
        try {
            var schema = schema(connection);
            return schema.isEmpty() ? Optional.empty() : Optional.of(latency(connection, schema.get()));
        } catch (SQLException e) {
            return Optional.of(Sample.unreadable(Signal.APPLICATION_LATENCY, PostgresHealth.why(e)));
        }
    }

    private static Optional<String> schema(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(StatementStatistics.SCHEMA);
                var rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    private Sample latency(Connection connection, String schema) throws SQLException {
        var sql = TOTALS.replace("{schema}", Identifier.of(schema).quoted());
        try (var statement = connection.prepareStatement(sql);
                var row = statement.executeQuery()) {
            row.next();
            if (row.getBoolean(3)) {
                // It is not known which statements these are: those of the workers may be among them.
                return Sample.unreadable(Signal.APPLICATION_LATENCY, PostgresHealth.HIDDEN);
            }
            var count = calls.add(ticker.now(), row.getDouble(1)).total();
            var time = seconds.add(ticker.now(), row.getDouble(2)).total();
            return Sample.of(Signal.APPLICATION_LATENCY, count > 0 ? time / count : 0);
        }
    }
}
