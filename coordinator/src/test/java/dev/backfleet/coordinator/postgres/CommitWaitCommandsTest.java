package dev.backfleet.coordinator.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The synchronous standby goes away while nothing runs: the first commit of all meets it. */
@Tag("server")
class CommitWaitCommandsTest {
    private static final Duration LEASE = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private PostgresServer server;

    @BeforeEach
    void open() throws SQLException {
        server = PostgresServer.open(PostgresOptions.fast());
        // A role that may not see which standbys are connected, as some commands run with.
        run("create role plain login");
        run("grant create on database postgres to plain");
        run("grant all on schema public to plain");
        ControlSchema.migrate(DatabaseSettings.ofUrl(url("")));
        try (var database = database()) {
            database.jdbi()
                    .useHandle(handle ->
                            handle.execute("create table t as select i as id, 0 as n from generate_series(1, 9) i"));
            database.jdbi().useHandle(handle -> handle.execute("alter table t add primary key (id)"));
        }
        run("alter system set synchronous_standby_names = 'nobody'");
        run("select pg_reload_conf()");
        await().until(() -> ask("show synchronous_standby_names").equals("nobody"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String url(String more) {
        return "postgresql://plain@127.0.0.1:" + server.port() + "/postgres" + more;
    }

    private Database database() {
        var profile = new Database.Profile(
                "backfleet-coordinator/c", 1, List.of(), LEASE.multipliedBy(2).dividedBy(3));
        return Database.single(DatabaseSettings.ofUrl(url("")), profile, new Timelines());
    }

    private void run(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = off");
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private int execute(StringWriter err, String... arguments) {
        return execute(new StringWriter(), err, arguments);
    }

    private int execute(StringWriter out, StringWriter err, String... arguments) {
        // The driver gives up sooner than it does by default, so that the test need not wait for that.
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of("BACKFLEET_DATABASE_URL", url("?socketTimeout=4")),
                new CommitWaitFailures(),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void a_submission_that_is_not_confirmed_says_that_it_may_be_applied_and_the_next_one_stores_nothing()
            throws IOException, SQLException {
        var spec = Files.writeString(folder.resolve("job.yaml"), "name: job\ntable: public.t\nset: { n: n + 1 }\n");
        var refused = new StringWriter();
        assertThat(execute(refused, "submit", spec.toString()))
                .as(refused.toString())
                .isEqualTo(4);
        assertThat(refused.toString()).contains("no standby that confirms them is connected", "--force");
        var first = new StringWriter();
        assertThat(execute(first, "submit", spec.toString(), "--force"))
                .as(first.toString())
                .isEqualTo(7);
        assertThat(first.toString())
                .contains(
                        "backfleet: the server did not confirm the commit: commits wait for a synchronous standby since ")
                .contains("the change is applied when a standby that synchronous_standby_names names is connected");
        var doctor = new StringWriter();
        assertThat(execute(doctor, new StringWriter(), "doctor")).isEqualTo(4);
        assertThat(doctor.toString().lines().filter(line -> line.contains("commits wait for a synchronous standby")))
                .singleElement()
                .asString()
                .contains("problem   database  ", "start the standby, or change synchronous_standby_names");
        var second = new StringWriter();
        assertThat(execute(second, "submit", spec.toString(), "--force"))
                .as(second.toString())
                .isEqualTo(3);
        assertThat(second.toString()).contains("nothing was stored");

        run("alter system reset synchronous_standby_names");
        run("select pg_reload_conf()");
        await().until(() -> ask("select count(*) from backfleet.job").equals("1"));
        assertThat(execute(new StringWriter(), "status", "job")).isZero();
    }

    @Test
    void requests_for_the_leaders_lease_leave_one_session_behind_and_name_the_cause() throws SQLException {
        try (var database = database()) {
            var lease = new PostgresLeadership(database, "c");
            // The first one waits to commit, the others for its lock.
            for (var request = 0; request < 4; request++) {
                assertThatThrownBy(() -> lease.takeOrRenew(LEASE))
                        .hasMessageContaining("commits wait for a synchronous standby");
            }
            assertThat(ask("select count(*) from pg_stat_activity where application_name = 'backfleet-coordinator/c'"
                            + " and state = 'active'"))
                    .isEqualTo("1");
            run("alter system reset synchronous_standby_names");
            run("select pg_reload_conf()");
            await().untilAsserted(() -> assertThat(lease.takeOrRenew(LEASE)).isPresent());
        }
    }
}
