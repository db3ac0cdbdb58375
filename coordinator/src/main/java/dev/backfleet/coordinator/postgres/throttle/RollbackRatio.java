package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.throttle.CounterRate;
import dev.backfleet.coordinator.throttle.Sample;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The transactions that were rolled back, in percent of those that were committed, by the statistics of the database. */
final class RollbackRatio {
    private static final Duration WINDOW = Duration.ofSeconds(4);
    private static final double PERCENT = 100;

    private static final String COUNTERS = """
            select xact_commit, xact_rollback from pg_catalog.pg_stat_database where datname = current_database()
            """;

    private final CounterRate commits = new CounterRate(WINDOW);
    private final CounterRate rollbacks = new CounterRate(WINDOW);
    private final Ticker ticker;

    RollbackRatio(Ticker ticker) {
        this.ticker = ticker;
    }

    Sample read(Connection connection) {
        try (var statement = connection.prepareStatement(COUNTERS);
                var row = statement.executeQuery()) {
            row.next();
            var now = ticker.now();
            var committed = commits.add(now, row.getDouble(1)).total();
            var rolledBack = rollbacks.add(now, row.getDouble(2)).total();
            return Sample.of(Signal.ROLLBACK_RATIO, PERCENT * rolledBack / Math.max(1, committed));
        } catch (SQLException e) {
            return Sample.unreadable(Signal.ROLLBACK_RATIO, PostgresHealth.why(e));
        }
    }
}
