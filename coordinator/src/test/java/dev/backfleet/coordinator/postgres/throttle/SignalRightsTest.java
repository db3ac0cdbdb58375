package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.throttle.Sample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which signals a role can read that is not a superuser. One that it cannot read suspends every job after 15 s. */
@Tag("server")
class SignalRightsTest {
    private static final Set<Signal> EVERY = EnumSet.allOf(Signal.class);

    private final TestDatabase database = TestDatabase.open();
    private final String role = "reader_" + database.url.replaceFirst(".*/([^/?]+).*", "$1");
    private final PostgresHealth health = PostgresHealth.open(
            DatabaseSettings.ofUrl(database.url.replaceFirst("user=[^&]*", "user=" + role)),
            Optional.empty(),
            "c",
            Ticker.system(),
            new Timelines());

    @BeforeEach
    void create() throws SQLException {
        database.run("create table t (id bigint primary key, n int not null default 0)");
        database.run("insert into t select i from generate_series(1, 1000) i");
        database.run("analyze t");
        database.run("create role " + role + " login");
    }

    @AfterEach
    void close() throws SQLException {
        health.close();
        database.run("drop owned by " + role + " cascade");
        database.run("drop role " + role);
        database.close();
    }

    private Sample sample(String name) {
        return health.server(EVERY).stream()
                .filter(sample -> sample.signal().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_the_role_may_not_see_is_unreadable_and_says_what_to_grant() throws SQLException {
        try (var open = database.connect();
                var statement = open.createStatement()) {
            assertThat(sample("oldest-transaction").value())
                    .as("nothing is open that it may not see")
                    .isNotNull();
            open.setAutoCommit(false);
            statement.execute("update t set n = n + 1 where id = 1");
            assertThat(sample("oldest-transaction").value()).isNull();
            assertThat(sample("oldest-transaction").note()).contains("grant pg_read_all_stats");
            // All roles may see who waits for whom, and what keeps vacuum from its work.
            for (var signal : List.of("connections", "blocked-sessions", "oldest-xmin")) {
                assertThat(sample(signal).value()).as(signal).isNotNull();
            }
            database.run("grant pg_read_all_stats to " + role);
            assertThat(sample("oldest-transaction").value())
                    .as("the grant that the note names is enough")
                    .isNotNull();
        }
    }

    /** What {@code deploy/postgres/roles.sql} and {@code backfleet grants} give. */
    @Test
    void the_rights_of_a_coordinators_role_are_enough_for_every_signal() throws SQLException {
        database.submit("name: j\ntable: t\nset: { n: n + 1 }\n");
        database.run("update backfleet.job set state = 'RUNNING'");
        var job = new PostgresThrottle(database.database).jobs().get(0);
        database.run("grant pg_read_all_stats to " + role);
        database.run("grant usage on schema backfleet to " + role);
        database.run("grant select on t to " + role);
        for (var installed : List.of("select", "create extension pg_stat_statements")) {
            database.run(installed);
            assertThat(health.server(EVERY)).isNotEmpty().allSatisfy(sample -> assertThat(sample.value())
                    .as("%s, after '%s'", sample, installed)
                    .isNotNull());
            assertThat(health.job(job, EVERY)).isNotEmpty().allSatisfy(sample -> assertThat(sample.value())
                    .as(sample.toString())
                    .isNotNull());
        }
    }

    /** Reading one is an error for everybody else, even in a condition that does not matter. */
    @Test
    void no_statement_reads_a_setting_that_only_superusers_may_read() throws Exception {
        var hidden = new ArrayList<String>();
        try (var superuser = database.connect();
                var plain = DriverManager.getConnection(database.url.replaceFirst("user=[^&]*", "user=" + role));
                var all = superuser.createStatement();
                var visible = plain.createStatement()) {
            var rows = all.executeQuery("select name from pg_catalog.pg_settings");
            while (rows.next()) {
                hidden.add(rows.getString(1));
            }
            rows = visible.executeQuery("select name from pg_catalog.pg_settings");
            while (rows.next()) {
                hidden.remove(rows.getString(1));
            }
        }
        assertThat(hidden).contains("shared_preload_libraries", "data_directory");
        for (var module : List.of("common", "coordinator", "worker")) {
            try (var files = Files.walk(Path.of("../" + module + "/src/main"))) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(file, StandardCharsets.UTF_8))
                            .as(file.toString())
                            .doesNotContain(hidden.stream()
                                    .map(name -> "'" + name + "'")
                                    .toArray(String[]::new));
                }
            }
        }
    }
}
