package dev.backfleet.deploy.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Real jobs by real containers, with the roles that {@code deploy/postgres} describes. */
@Tag("server")
class FleetInContainersTest {
    private static final int ROWS = 120_000;
    private static final Duration LONG = Duration.ofMinutes(2);

    // Not idempotent, and without a condition: a batch that ran twice would show.
    private static final String SPEC = """
            name: one-more
            table: public.accounts
            tenant: tenant_id
            set: { balance: balance + 1 }
            shard: { rows: 4000 }
            rate: { rows-per-second: %d }
            """;

    private static final String ACCOUNTS = """
            create table accounts (tenant_id integer, id bigint, balance integer not null default 0, note text,
              primary key (tenant_id, id));
            insert into accounts (tenant_id, id) select (7 * sqrt(random()))::integer, i from generate_series(1, %d) i;
            """.formatted(ROWS);

    @TempDir
    private static Path shared;

    private static Images images;
    private static Servers servers;

    private TargetDatabase database;
    private Fleet fleet;
    private Path spec;

    @BeforeAll
    static void build_images_and_start_servers() {
        images = Images.build();
        servers = Servers.open(shared);
    }

    @AfterAll
    static void stop_servers() {
        if (servers != null) {
            servers.close();
        }
    }

    @BeforeEach
    void start_a_coordinator(TestInfo test, @TempDir Path directory) {
        var name = "db_" + Integer.toHexString(test.getDisplayName().hashCode());
        servers.postgres().createDatabase(name);
        database = new TargetDatabase(servers.postgres().port(), name);
        database.run("drop role if exists backfleet_coordinator; drop role if exists backfleet_worker");
        database.runFile("deploy/postgres/roles.sql");
        var password = TargetDatabase.PASSWORD.replace("'", "''");
        database.run("alter role backfleet_coordinator password '" + password
                + "'; alter role backfleet_worker password '" + password + "'");
        database.run(ACCOUNTS);
        database.runFile("deploy/postgres/table-grants.sql");
        spec = Servers.readableByAll(directory.resolve("spec.yaml"), SPEC.formatted(20_000));
        fleet = new Fleet(images, servers, database, directory);
    }

    @AfterEach
    void remove_what_was_started() {
        if (fleet != null) {
            fleet.close();
            database.run("drop owned by backfleet_coordinator, backfleet_worker cascade");
        }
    }

    @Test
    void a_worker_killed_in_the_middle_costs_no_row_and_no_row_is_changed_twice() {
        fleet.coordinator();
        database.runFile("deploy/postgres/worker-grants.sql");
        var victim = fleet.worker("victim");
        fleet.worker("survivor");
        fleet.submit(spec);
        await().atMost(LONG).until(() -> changed() > ROWS / 4 && running("victim") > 0 && running("survivor") > 0);

        assertThat(Fleet.kill(victim)).isEqualTo(137);
        assertThat(changed()).isLessThan(ROWS);

        await().atMost(LONG).until(() -> jobs("SUCCEEDED") == 1);
        assertThat(database.number("select count(*) from accounts where balance = 1"))
                .isEqualTo(ROWS);
        assertThat(changed()).isEqualTo(ROWS);
    }

    @Test
    void containers_are_replaced_one_by_one_and_added_and_taken_away_while_the_job_runs(@TempDir Path directory)
            throws Exception {
        var coordinators = new ArrayDeque<>(List.of(fleet.coordinator(), fleet.coordinator()));
        database.runFile("deploy/postgres/worker-grants.sql");
        var workers = new ArrayDeque<>(List.of(fleet.worker("old-1"), fleet.worker("old-2"), fleet.worker("old-3")));
        // Slow enough to last until all are replaced.
        fleet.submit(Servers.readableByAll(directory.resolve("slow.yaml"), SPEC.formatted(1_000)));
        await().atMost(LONG).until(() -> changed() > 0);

        try (var pauses = new ShardPauses(database)) {
            for (var i = 1; i <= 3; i++) {
                workers.add(fleet.worker("new-" + i));
                assertThat(Fleet.stop(workers.remove())).isZero();
            }
            for (var i = 1; i <= 2; i++) {
                coordinators.add(fleet.coordinator());
                assertThat(Fleet.stop(coordinators.remove())).isZero();
            }
            workers.add(fleet.worker("added-1"));
            workers.add(fleet.worker("added-2"));
            for (var i = 1; i <= 4; i++) {
                assertThat(Fleet.stop(workers.remove())).isZero();
            }
            assertThat(changed()).as("rows before the last change of the fleet").isLessThan(ROWS);
            assertThat(Fleet.command(coordinators.element(), "set", "one-more", "--rate", "none"))
                    .contains("one-more");
            await().atMost(LONG).until(() -> jobs("SUCCEEDED") == 1);

            Files.writeString(
                    Path.of("target", "rolling-replacement.txt"),
                    "%d pauses between two batches of a shard: p99 %d ms, longest %d ms%n"
                            .formatted(
                                    pauses.count(),
                                    pauses.p99().toMillis(),
                                    pauses.longest().toMillis()));
            assertThat(pauses.p99()).isLessThanOrEqualTo(Duration.ofSeconds(6));
        }
        assertThat(database.number("select count(*) from accounts where balance = 1"))
                .as("rows that were changed exactly once")
                .isEqualTo(ROWS);
    }

    @Test
    void SIGTERM_leads_to_the_clean_stop_with_exit_code_0() {
        var coordinator = fleet.coordinator();
        database.runFile("deploy/postgres/worker-grants.sql");
        var worker = fleet.worker("leaver");
        fleet.submit(spec);
        await().atMost(LONG).until(() -> running("leaver") > 0 && changed() > 0);

        assertThat(Fleet.stop(worker)).isZero();

        assertThat(running("leaver")).as("shards it did not give back").isZero();
        assertThat(database.number("select count(*) from backfleet.worker")).isZero();
        assertThat(database.number("select coalesce(sum(balance), 0) from accounts"))
                .isEqualTo(changed())
                .isBetween(1L, ROWS - 1L);
        assertThat(Fleet.stop(coordinator)).isZero();
        assertThat(database.number("select count(*) from backfleet.leader where lease_until > now()"))
                .isZero();
    }

    @Test
    void the_workers_role_can_do_no_more_than_a_worker_does() {
        fleet.coordinator();
        database.runFile("deploy/postgres/worker-grants.sql");
        fleet.submit(spec);

        var forbidden = List.of(
                "insert into backfleet.job (name, spec, definition, concurrency) values ('x', '', '{}', 1)",
                "update backfleet.job set definition = '{}'",
                "update backfleet.shard set upper = null",
                "delete from backfleet.shard",
                "update backfleet.leader set epoch = 0",
                "update backfleet.control set state = 'RUN'",
                "create table backfleet.mine ()",
                "select note from accounts",
                "update accounts set id = 0",
                "delete from accounts",
                "begin; lock table accounts in access exclusive mode");
        assertThat(forbidden)
                .allSatisfy(statement -> assertThatThrownBy(() -> database.runAs("backfleet_worker", statement))
                        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                .isEqualTo("42501")));
    }

    private static String state(String state) {
        return "select count(*) from backfleet.job where state = '" + state + "'";
    }

    private long jobs(String state) {
        return database.number(state(state));
    }

    private long changed() {
        return database.number("select coalesce(sum(rows_changed), 0) from backfleet.shard");
    }

    private long running(String worker) {
        return database.number(
                "select count(*) from backfleet.shard where state = 'RUNNING' and worker = '" + worker + "'");
    }
}
