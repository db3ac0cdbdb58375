package dev.backfleet.standalone.chaos;

import dev.backfleet.standalone.chaos.site.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How old transactions of the fleet get, in seconds. A worker holds rows of the application: for its transactions, the
 * whole age counts. A coordinator may read a table for a long time, but must not leave a transaction idle: for its
 * transactions, the time in the current state counts. Time during which the server was frozen is not counted: no
 * transaction can end then.
 */
final class TransactionAges {
    private static final String TRANSACTIONS = """
            select extract(epoch from xact_start), extract(epoch from state_change), extract(epoch from clock_timestamp()),
                   application_name, state || ' ' || left(query, 60)
            from pg_stat_activity where application_name like 'backfleet-%' and xact_start is not null
            """;

    private final List<Freeze> freezes = new CopyOnWriteArrayList<>();
    private double oldest;
    private String oldestOf = "none";

    /** The server is being frozen. */
    Freeze freeze() {
        var freeze = new Freeze(System.currentTimeMillis() / 1e3);
        freezes.add(freeze);
        return freeze;
    }

    /** Reads all transactions of the fleet. */
    void look(Sql sql) throws SQLException {
        for (var row : sql.rows(TRANSACTIONS)) {
            var age = seconds(
                    row.get(3).startsWith("backfleet-worker/"),
                    Double.parseDouble(row.get(0)),
                    Double.parseDouble(row.get(1)),
                    Double.parseDouble(row.get(2)));
            if (age > oldest) {
                oldest = age;
                oldestOf = row.get(3) + " " + row.get(4);
            }
        }
    }

    /** What counts of a transaction's age; all moments are in seconds since 1970. */
    double seconds(boolean worker, double began, double stateChanged, double now) {
        var from = worker ? began : Math.max(began, stateChanged);
        var frozen = freezes.stream()
                .mapToDouble(freeze -> Math.max(0, Math.min(now, freeze.until) - Math.max(from, freeze.from)))
                .sum();
        return now - from - frozen;
    }

    /** The most that was seen. */
    double oldest() {
        return oldest;
    }

    String oldestOf() {
        return oldestOf;
    }

    /** A time in which the server was frozen, which lasts until it is ended. */
    static final class Freeze {
        private final double from;
        private volatile double until = Double.MAX_VALUE;

        Freeze(double from) {
            this.from = from;
        }

        void end() {
            until = System.currentTimeMillis() / 1e3;
        }
    }
}
