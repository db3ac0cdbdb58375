package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.migration.apply.MigrationJobs;
import dev.backfleet.coordinator.migration.contract.ContractFacts;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.contract.PostgresContractCatalog;
import dev.backfleet.coordinator.postgres.migration.MigrationStore;
import dev.backfleet.coordinator.postgres.throttle.PostgresHealth;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a server tells that counts statements: also what somebody who watches a job costs it. */
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

    /** Here, since this server has the extension. */
    @Test
    void statements_that_name_an_old_column_are_counted_and_what_was_forgotten_cannot_be_known() {
        ask(
                handle -> handle.execute(
                        "create table people (id integer primary key, full_name text, first_name text); create table others (full_name text)"));
        ask(handle -> handle.execute("select full_name from people"));
        try (var database = open("backfleet contract")) {
            var migration = MigrationParser.parse("m.yaml", """
                            migration: split
                            table: public.people
                            from: [full_name]
                            to: { first_name: { type: text, up: full_name } }
                            """).migration();
            var stored = new MigrationStore(database)
                    .create(migration, "public.people", List.of(), Actor.commandLine("ann"));
            var catalog = new PostgresContractCatalog(database, noJobs());
            Supplier<ContractFacts.Statements> look = () ->
                    catalog.facts(stored, migration, Optional.empty()).uses().statements();

            assertThat(look.get()).as("counted before the first look").satisfies(begun -> {
                assertThat(begun.unknown()).isNull();
                assertThat(begun.called()).isEmpty();
                assertThat(begun.since()).isNotNull();
            });
            ask(handle -> handle.execute("select id from people"));
            ask(handle -> handle.execute("select full_name from others"));
            ask(handle -> handle.execute("alter table people alter column full_name set statistics 100"));
            ask(handle -> handle.createQuery("select * from people").mapToMap().list());
            assertThat(look.get()).satisfies(calm -> {
                assertThat(calm.called())
                        .as("of another column, another table, a change of definitions")
                        .isEmpty();
                assertThat(calm.stars()).isEqualTo(1);
                assertThat(calm.since()).isNotNull();
            });

            ask(handle -> handle.execute("select full_name from people"));
            ask(handle -> handle.execute("select full_name from people"));
            ask(handle -> handle.execute("update PEOPLE set \"full_name\" = 'Ada'"));
            assertThat(look.get().called())
                    .containsExactlyInAnyOrder(
                            "2 × select full_name from people", "1 × update PEOPLE set \"full_name\" = $1");
            assertThat(look.get()).as("the time begins anew").satisfies(again -> {
                assertThat(again.called()).isEmpty();
                assertThat(again.since()).isNotNull();
            });

            ask(handle -> handle.createQuery("select pg_stat_statements_reset()::text")
                    .mapTo(String.class)
                    .findOne());
            assertThat(look.get().unknown()).contains("has forgotten statements or was reset");
            assertThat(look.get().unknown()).isNull();
        }
    }

    // Without a job, none is asked.
    private static MigrationJobs noJobs() {
        return (MigrationJobs) Proxy.newProxyInstance(
                LookCostTest.class.getClassLoader(),
                new Class<?>[] {MigrationJobs.class},
                (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
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
