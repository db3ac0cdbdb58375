package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of an application with five indexes is compared on a streaming standby. */
@Tag("server")
@Tag("long")
class ReconcileOnStandbyTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int ROWS = 20_000;

    @TempDir
    static Path folder;

    private static PostgresServer primary;
    private static PostgresServer standby;
    private static ComparingFleet fleet;

    @BeforeAll
    static void open() throws Exception {
        primary = PostgresServer.open(PostgresOptions.fast());
        fleet = ComparingFleet.open(folder, primary.jdbcUrl("postgres"));
        fleet.run("create table orders (id bigint primary key, number text not null unique, customer integer not null, "
                + "created_at timestamptz not null default now(), state text not null, cents bigint not null, "
                + "amount numeric(12, 2))");
        fleet.run(
                "create index on orders (customer, created_at desc); create index on orders (state) where state <> 'done'; "
                        + "create index on orders (lower(number))");
        fleet.run("insert into orders (id, number, customer, state, cents) select i, 'N' || i, i % 500, "
                + "case when i % 10 = 0 then 'open' else 'done' end, i * 7 from generate_series(1, " + ROWS + ") i");
        fleet.backfill("amounts", """
                table: orders
                set: { amount: orders.cents / 100.0 }
                where: orders.amount is null
                shard: { rows: 3000 }
                """);
        standby = PostgresServer.standbyOf(primary, PostgresOptions.fast());
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
        standby.close();
        primary.close();
    }

    private static String url(PostgresServer server, String more) {
        return "postgresql://" + more + "127.0.0.1:" + server.port() + "/postgres";
    }

    private static String onStandby(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(standby.jdbcUrl("postgres"));
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    @Test
    void its_wrong_rows_are_found_there_and_repaired_on_the_primary() throws Exception {
        fleet.run("update orders set amount = 0 where id % 700 = 0");
        var report = fleet.json(10, "reconcile", "amounts", "--rate", "none", "--on", url(standby, ""));
        assertThat(report.at("/answer/rows/different").asInt()).isEqualTo(ROWS / 700);
        assertThat(report.at("/answer/rows/since").asInt()).isEqualTo(ROWS / 700);
        assertThat(report.at("/answer/pass/scanned").asInt()).isEqualTo(ROWS);
        assertThat(report.at("/answer/pass/standby").asText()).isEqualTo("127.0.0.1:" + standby.port() + "/postgres");
        // The statistics of the standby's sessions are its own.
        await().atMost(TIMEOUT)
                .until(() -> Long.parseLong(
                                onStandby(
                                        "select coalesce(sum(idx_tup_fetch), 0) from pg_stat_user_tables where relname = 'orders'"))
                        >= ROWS);
        fleet.command(0, "reconcile", "amounts", "--repair");
        assertThat(fleet.command(0, "reconcile", "amounts", "--rate", "none", "--on", url(standby, "")))
                .contains("SAFE", "on the standby 127.0.0.1");
    }

    @Test
    void a_standby_that_is_behind_is_waited_for_and_the_status_says_so() throws Exception {
        await().atMost(TIMEOUT).until(() -> onStandby(
                        "select pg_last_wal_replay_lsn() >= '" + fleet.ask("select pg_current_wal_insert_lsn()") + "'")
                .equals("t"));
        onStandby("select pg_wal_replay_pause()");
        var id = fleet.command(0, "reconcile", "amounts", "--rate", "none", "--no-wait", "--on", url(standby, ""))
                .strip();
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(fleet.json(0, "status", id).toString())
                        .contains("it has not replayed the submission of this job yet"));
        onStandby("select pg_wal_replay_resume()");
        await().atMost(TIMEOUT).until(() -> fleet.ask("select state from backfleet.job where id = " + id)
                .equals("SUCCEEDED"));
        assertThat(fleet.ask("select scanned from backfleet.reconcile_verdict where job_id = " + id))
                .isEqualTo(String.valueOf(ROWS));
    }

    @Test
    void what_is_no_standby_of_the_database_is_refused_at_once() throws Exception {
        assertThat(fleet.command(2, "reconcile", "amounts", "--on", url(primary, "")))
                .contains("accepts writes", "leave out --on");
        assertThat(fleet.command(2, "reconcile", "amounts", "--on", url(standby, "app:secret@")))
                .contains("has a user or a password")
                .doesNotContain("secret");
        assertThat(fleet.command(2, "reconcile", "amounts", "--on", "standby")).contains("no PostgreSQL URL");
        assertThat(fleet.command(
                        2, "reconcile", "amounts", "--on", url(standby, "").replace("/postgres", "/template1")))
                .contains("another database");
    }
}
