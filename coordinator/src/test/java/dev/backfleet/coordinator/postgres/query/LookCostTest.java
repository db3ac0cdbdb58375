package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.throttle.PostgresHealth;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What somebody who watches a job costs the server, counted by the server. */
@Tag("server")
class LookCostTest {
    private static final int LOOKS = 20;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static PostgresServer server;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static String url;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Database counts;

    @BeforeAll
    static void start() {
        server = PostgresServer.open(PostgresOptions.fast().with("shared_preload_libraries", "pg_stat_statements"));
        url = server.createDatabase("looked_at");
        ControlSchema.migrate(DatabaseSettings.ofUrl(url));
        counts = open("counts");
        ask(handle -> handle.execute("create extension pg_stat_statements"));
        ask(
                handle -> handle.execute(
                        "insert into backfleet.job (name, state, spec, definition, concurrency, started_at) values ('names', 'RUNNING', '', "
                                + "'{\"table\": {\"oid\": 1, \"schema\": \"public\", \"name\": \"t\"}, \"batchDuration\": \"PT0.1S\"}', 8, now())"));
        ask(handle -> handle.execute(
                "insert into backfleet.worker (id, host, pid, slots, taking) values ('w', 'h', 1, 4, true)"));
    }

    @AfterAll
    static void stop() {
        counts.close();
        server.close();
    }

    private static <T> T ask(Function<Handle, T> question) {
        return counts.jdbi().withHandle(question::apply);
    }

    private static Database open(String name) {
        return Database.open(
                DatabaseSettings.ofUrl(url), new Database.Profile(name, 1, List.of(), Duration.ofSeconds(60)));
    }

    private static long statementsOf(Runnable looks) {
        ask(handle -> handle.createQuery("select pg_stat_statements_reset()::text")
                .mapTo(String.class)
                .findOne());
        looks.run();
        return ask(handle -> handle.createQuery("select coalesce(sum(calls), 0) from pg_stat_statements "
                        + "where toplevel and query not like '%pg_stat_statements%'")
                .mapTo(Long.class)
                .one());
    }

    /** Here, since this server has the extension. */
    @Test
    void the_mean_time_of_the_applications_statements_is_a_signal_where_the_server_counts_them() {
        ask(handle -> handle.execute(
                "drop role if exists reading; create role reading login; grant pg_read_all_stats to reading"));
        try (var health = PostgresHealth.open(
                DatabaseSettings.ofUrl(url.replaceFirst("user=[^&]*", "user=reading")),
                Optional.empty(),
                "c",
                Ticker.system(),
                new Timelines())) {
            health.server(EnumSet.of(Signal.APPLICATION_LATENCY));
            ask(handle -> handle.execute("select pg_sleep(0.05)"));
            assertThat(health.server(EnumSet.of(Signal.APPLICATION_LATENCY)))
                    .singleElement()
                    .satisfies(sample -> assertThat(sample.value()).isGreaterThan(0.0));
        }
    }

    @Test
    void a_look_at_a_job_with_its_fleet_is_one_statement() {
        ask(handle -> handle.execute(
                "update backfleet.leader set coordinator = 'c', lease_until = now() + interval '1 hour'"));
        try (var database = open("backfleet")) {
            var queries = new PostgresQueries(database);
            var first = queries.snapshot(1);
            assertThat(first).hasValueSatisfying(look -> {
                assertThat(look.fleet().leader()).isEqualTo("c");
                assertThat(look.workers()).hasSize(1);
            });
            var statements = statementsOf(() -> {
                for (var i = 0; i < LOOKS; i++) {
                    assertThat(queries.snapshot(1)).isPresent();
                }
            });
            assertThat(statements).isEqualTo(LOOKS);
        }
    }
}
