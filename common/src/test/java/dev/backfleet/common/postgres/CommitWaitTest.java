package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server whose synchronous standby is away: it answers reads, and no commit returns. */
@Tag("server")
class CommitWaitTest {
    private static PostgresServer server;

    @BeforeAll
    static void open() throws SQLException {
        server = PostgresServer.open(PostgresOptions.fast());
        run("create table t as select 1 as n");
        run("create role plain login");
        run("grant all on t to plain");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void commitsAreConfirmed() throws SQLException {
        run("alter system reset synchronous_standby_names");
        run("select pg_reload_conf()");
        await().until(() -> find("postgres").isEmpty());
    }

    private static void standbyIsAway() throws SQLException {
        run("alter system set synchronous_standby_names = 'nobody'");
        run("select pg_reload_conf()");
        await().until(() -> find("postgres").isPresent());
    }

    private static void run(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = off");
            statement.execute(sql);
        }
    }

    private static String url(String role) {
        return "postgresql://" + role + "@127.0.0.1:" + server.port() + "/postgres";
    }

    private static Database database(String role) {
        var profile = new Database.Profile("backfleet-test", 1, List.of(), Duration.ofSeconds(2));
        return Database.single(DatabaseSettings.ofUrl(url(role)), profile, new Timelines());
    }

    private static Optional<CommitWait> find(String role) {
        try (var database = database(role)) {
            return database.jdbi().withHandle(CommitWait::find);
        }
    }

    /** How an update fails; the session goes on waiting. */
    private static Throwable failure(String role) {
        try (var database = database(role)) {
            database.jdbi().useHandle(handle -> handle.execute("update t set n = n + 1"));
            throw new AssertionError("the commit was confirmed");
        } catch (JdbiException e) {
            return e;
        }
    }

    private static ExplainedFailure explained(Throwable failure) {
        var settings =
                Settings.load(Map.of(), Map.of("BACKFLEET_DATABASE_URL", url("postgres")), null, Optional.empty());
        return new CommitWaitFailures()
                .translate(failure, Optional.of(settings))
                .orElseThrow();
    }

    @Test
    void it_is_known_before_any_commit_waits() throws SQLException {
        standbyIsAway();
        assertThat(find("postgres").orElseThrow().words())
                .isEqualTo(
                        "commits wait for a synchronous standby: synchronous_standby_names is 'nobody', and no standby is"
                                + " connected");
        // Without the right to see the standbys, a waiting session is the sign.
        assertThat(find("plain")).isEmpty();
    }

    @Test
    void a_role_without_rights_sees_its_own_sessions_wait_and_since_when() throws SQLException {
        standbyIsAway();
        failure("plain");
        await().until(() -> find("plain").isPresent());
        assertThat(find("plain").orElseThrow().words())
                .matches(
                        "commits wait for a synchronous standby since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC \\(1 session\\): "
                                + "synchronous_standby_names is 'nobody', and no standby is connected");
    }

    @Test
    void a_connected_standby_that_confirms_nothing_is_named() throws SQLException {
        standbyIsAway();
        try (var standby = PostgresServer.standbyOf(server, PostgresOptions.fast())) {
            await().until(() -> find("postgres")
                    .filter(wait -> wait.words().contains("connected: walreceiver (streaming, async)"))
                    .isPresent());
            assertThat(standby.port()).isPositive();
            failure("plain");
            await().until(() -> find("plain")
                    .filter(wait -> wait.words().contains("and this role may not see which standbys are connected"))
                    .isPresent());
            run("alter system set synchronous_standby_names = 'walreceiver'");
            run("select pg_reload_conf()");
            await().until(() -> find("postgres").isEmpty());
        }
    }

    @Test
    void a_change_is_refused_as_long_as_it_would_not_be_confirmed() throws SQLException {
        try (var database = database("postgres")) {
            CommitWait.refuse(database);
            standbyIsAway();
            assertThatThrownBy(() -> CommitWait.refuse(database))
                    .isInstanceOfSatisfying(
                            ExplainedFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNUSABLE))
                    .hasMessageEndingWith(
                            "no standby is connected; nothing was stored; repeat the command when a standby"
                                    + " that synchronous_standby_names names is connected, or the setting was changed");
        }
    }

    @Test
    void a_commit_that_is_not_confirmed_is_told_from_a_lost_connection_and_is_applied_later() throws SQLException {
        standbyIsAway();
        var unconfirmed = explained(failure("postgres"));
        assertThat(unconfirmed.kind()).isEqualTo(Kind.TIMED_OUT);
        assertThat(unconfirmed)
                .hasMessageStartingWith("the server did not confirm the commit: commits wait for a synchronous standby")
                .hasMessageContaining("the change is applied when a standby that synchronous_standby_names names is")
                .hasMessageEndingWith(
                        "look at 'backfleet jobs' and 'backfleet status JOB' before you repeat the command");
        // The first one has the lock until its commit is confirmed.
        var behind = explained(failure("postgres"));
        assertThat(behind.kind()).isEqualTo(Kind.TIMED_OUT);
        assertThat(behind)
                .hasMessageStartingWith("a session that waits to commit holds a lock that this needs: commits wait");
    }

    @Test
    void a_failure_of_another_kind_is_left_to_others() {
        var settings =
                Settings.load(Map.of(), Map.of("BACKFLEET_DATABASE_URL", url("postgres")), null, Optional.empty());
        assertThat(new CommitWaitFailures().translate(new IllegalStateException("no"), Optional.of(settings)))
                .isEmpty();
        assertThat(new CommitWaitFailures().translate(new IllegalStateException("no"), Optional.empty()))
                .isEmpty();
    }
}
