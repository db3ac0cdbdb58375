package dev.backfleet.coordinator.postgres.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.forecast.Forecast.Bytes;
import dev.backfleet.coordinator.forecast.Forecaster;
import dev.backfleet.coordinator.forecast.JobPace;
import dev.backfleet.coordinator.forecast.JobShape;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The log that a job is forecast to write is close to what the same rows write in batches, whether neighbours in the key lie on the same page
 * or on different ones. The server logs no whole pages: those are arithmetic ({@code WalForecastTest}).
 */
@Tag("server")
class WalForecastOfTablesTest {
    private static final int ROWS = 20_000;
    private static final int BATCH = 500;

    /** Both ends are at most so many times what comes, and at least that part of it. */
    private static final double FACTOR = 2;

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void of_rows_that_lie_together() throws SQLException, InterruptedException {
        assertComesTrue("together", "id");
    }

    @Test
    void of_rows_that_are_spread() throws SQLException, InterruptedException {
        assertComesTrue("spread", "pg_catalog.hashint8(id)");
    }

    private static void assertComesTrue(String table, String order) throws SQLException, InterruptedException {
        db.run("create table " + table
                + " with (autovacuum_enabled = off) as select i as id, i % 100 as tenant, i as n, null::bigint as m,"
                + " repeat(md5(i::text), 3) as o from generate_series(1, " + ROWS + "::bigint) i order by "
                + order.replace("id", "i"));
        db.run("alter table " + table + " add primary key (id)");
        db.run("create index on " + table + " (tenant)");
        db.run("create index on " + table + " (n)");
        db.run("vacuum analyze " + table);

        var forecast = forecast(table);
        var written = written(table);

        assertThat(forecast.most() / (double) written).as(table + ": most").isBetween(1 / FACTOR, FACTOR);
        assertThat(forecast.least() / (double) written).as(table + ": least").isBetween(1 / FACTOR, FACTOR);
    }

    private static Bytes forecast(String table) throws InterruptedException {
        var spec = SpecParser.parse(
                "s.yaml", "name: j\ntable: " + table + "\nset: { m: n }\nbatch: { max-rows: " + BATCH + " }\n");
        var pinned = SpecPinner.pin(new PostgresCatalog(db.database), spec);
        var trials = new PostgresTrials(db.database, Ticker.system(), Sleeper.system());
        var tried = trials.run(pinned.definition(), pinned.leaves(), 1, ROWS / 100);
        return Forecaster.of(
                        tried,
                        trials.weight(pinned.leaves(), ROWS),
                        JobPace.of(spec.spec().limits(), 1),
                        new JobShape(1, false, 1))
                .orElseThrow()
                .forecast()
                .walBytes();
    }

    // Each row once, in the order of the key: a batch is a transaction.
    private static long written(String table) throws SQLException {
        var before = db.ask("select pg_current_wal_insert_lsn()");
        for (var after = 0; after < ROWS; after += BATCH) {
            db.run("update " + table + " set m = n where id > " + after + " and id <= " + (after + BATCH));
        }
        return Long.parseLong(db.ask("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '" + before + "')::bigint"));
    }
}
