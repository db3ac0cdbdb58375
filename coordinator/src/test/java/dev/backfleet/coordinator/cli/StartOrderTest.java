package dev.backfleet.coordinator.cli;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.embedded.SharedServers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands wait for the control schema and for locks, and say for what. */
@Tag("server")
class StartOrderTest {
    private static final StartWait NO_WAIT =
            new StartWait(Duration.ZERO, line -> {}, Ticker.system(), Sleeper.system());
    private final String url = SharedServers.freshDatabase();
    private final StringWriter err = new StringWriter();
    private Connection beside;
    private Path spec;

    @TempDir
    Path folder;

    @BeforeEach
    void prepare() throws Exception {
        beside = DriverManager.getConnection(url);
        run("create table t (id bigint primary key, n int not null default 0)");
        run("insert into t select i, 0 from generate_series(1, 10) i");
        spec = folder.resolve("spec.yaml");
        Files.writeString(spec, "name: a\ntable: t\nset: { n: n + 1 }\n");
    }

    @AfterEach
    void close() throws SQLException {
        beside.close();
    }

    private int command(String patience, String... arguments) {
        var environment = Map.of("BACKFLEET_DATABASE_URL", url, "BACKFLEET_START_TIMEOUT", patience);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments), environment, new ConnectionFailures(), new SpecFailureTranslator());
        commands.picocli().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void a_command_before_the_first_coordinator_waits_for_the_control_schema() {
        var submitted = supplyAsync(() -> command("60s", "submit", spec.toString()));
        await().until(() -> ask("select count(*) from pg_stat_activity where application_name = 'backfleet'"
                        + " and datname = current_database() and query like '%backfleet.job%'")
                .equals("1"));
        assertThat(submitted).isNotDone();
        ControlSchema.migrate(DatabaseSettings.ofUrl(url));
        assertThat(submitted.join()).as(err.toString()).isZero();
    }

    @Test
    void a_command_that_has_waited_in_vain_says_what_is_missing() {
        assertThat(command("0s", "jobs")).isEqualTo(ExitCode.CANNOT_CONNECT.code());
        assertThat(err.toString()).contains("has no schema backfleet yet", "start a coordinator");
    }

    @Test
    void a_submission_migrates_only_with_the_option() throws SQLException {
        assertThat(command("0s", "submit", spec.toString())).isEqualTo(ExitCode.CANNOT_CONNECT.code());
        assertThat(ask("select to_regnamespace('backfleet')")).isEqualTo("null");
        assertThat(command("0s", "submit", "--migrate", spec.toString()))
                .as(err.toString())
                .isZero();
        assertThat(ask("select state from backfleet.job")).isEqualTo("PLANNING");
    }

    @Test
    void whoever_migrates_at_the_same_time_waits_for_the_other_and_names_it() throws SQLException {
        run("set application_name = 'other-coordinator'");
        run("select pg_advisory_lock(hashtextextended('backfleet schema', 0))");
        assertThatThrownBy(() -> ControlSchema.migrate(DatabaseSettings.ofUrl(url), NO_WAIT))
                .isInstanceOfSatisfying(
                        ExplainedFailure.class, e -> assertThat(e.kind()).isEqualTo(ExplainedFailure.Kind.TIMED_OUT))
                .hasMessageContaining("other-coordinator");
        var second = supplyAsync(() -> {
            ControlSchema.migrate(DatabaseSettings.ofUrl(url));
            return true;
        });
        run("select pg_advisory_unlock_all()");
        assertThat(second.join()).isTrue();
    }

    @Test
    void the_wait_says_every_ten_seconds_for_what_and_ends_after_its_limit() {
        var lines = new ArrayList<String>();
        var now = new Duration[] {Duration.ZERO};
        var wait = new StartWait(Duration.ofSeconds(60), lines::add, () -> now[0], time -> now[0] = now[0].plus(time));
        assertThatThrownBy(() -> wait.await(() -> Optional.of("no topic"), IllegalStateException::new))
                .hasMessage("no topic, after 60 s of waiting");
        assertThat(lines).hasSize(5).first().isEqualTo("waiting since 10 s, for at most 60 s: no topic");
    }

    @Test
    void a_locked_table_ends_the_submission_with_the_session_that_locks_it() throws SQLException {
        ControlSchema.migrate(DatabaseSettings.ofUrl(url));
        run("set application_name = 'holder'");
        run("begin");
        run("lock table t");
        assertThat(command("0s", "submit", spec.toString())).isEqualTo(ExitCode.TIMED_OUT.code());
        assertThat(err.toString())
                .contains("the table t is locked, and nothing was stored", "application holder, since 2")
                .contains("holds AccessExclusiveLock");
        run("rollback");
        assertThat(command("0s", "submit", spec.toString())).isZero();
    }

    private void run(String sql) throws SQLException {
        try (var statement = beside.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        return String.valueOf(column(sql).get(0));
    }

    private List<String> column(String sql) throws SQLException {
        try (var statement = beside.createStatement();
                var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(String.valueOf(rows.getString(1)));
            }
            return texts;
        }
    }
}
