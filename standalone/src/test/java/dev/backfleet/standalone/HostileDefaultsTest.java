package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet whose role and database have hostile defaults does the same as any other. */
@Tag("long")
@Tag("server")
class HostileDefaultsTest {
    private static final StartWait NO_WAIT =
            new StartWait(Duration.ZERO, line -> {}, Ticker.system(), Sleeper.system());
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int ROWS = 20_000;

    private static final List<String> HOSTILE = List.of(
            "statement_timeout = '100ms'",
            "lock_timeout = '1ms'",
            "idle_in_transaction_session_timeout = '10ms'",
            "idle_session_timeout = '1s'",
            "transaction_timeout = '300ms'",
            "default_transaction_isolation = serializable",
            "default_transaction_deferrable = on",
            "row_security = on",
            "exit_on_error = on",
            "search_path = nowhere",
            "session_replication_role = replica",
            "DateStyle = 'German, DMY'",
            "array_nulls = off",
            "bytea_output = escape",
            "standard_conforming_strings = off",
            "transform_null_equals = on",
            "quote_all_identifiers = on",
            "enable_indexscan = off",
            "enable_indexonlyscan = off",
            "enable_sort = off",
            "gin_fuzzy_search_limit = 1",
            "plpgsql.extra_errors = 'all'",
            "synchronous_commit = off");

    private final String plain = SharedServers.freshDatabase();
    private final String database = plain.replaceFirst(".*/([^/?]+).*", "$1");
    private final String beside = SharedServers.freshDatabase();
    private final Map<String, String> settings = Map.of(
            "BACKFLEET_DATABASE_URL",
            plain + "&user=" + database + "_fleet",
            "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS",
            SharedServers.kafka().bootstrapServers(),
            "BACKFLEET_TOPIC_PREFIX",
            "hostile-" + database);

    @TempDir
    Path folder;

    /** Of the role, which take precedence over the database's. */
    @Test
    void plan_job_pause_quarantine_retry_and_status_work_under_any_default() throws Exception {
        live("role " + database + "_fleet");
    }

    @Test
    void and_under_any_default_of_the_database() throws Exception {
        live("database " + database);
    }

    private void live(String whose) throws Exception {
        run(beside, "create role " + database + "_fleet superuser login");
        run(plain, "create table t (id bigint primary key, d int not null, n int not null default 0)");
        run(
                plain,
                "insert into t select i, case i when 777 then 0 else 1 end, 0 from generate_series(1, " + ROWS + ") i");
        for (var setting : HOSTILE) {
            run(beside, "alter " + whose + " set " + setting);
        }
        var spec = Files.writeString(folder.resolve("spec.yaml"), """
                name: count
                table: t
                set: { n: n + 10 / d }
                shard: { rows: 2000 }
                rate: { rows-per-second: 8000 }
                """);
        var all = Settings.load(Map.of(), settings, null, Optional.empty());
        var where = DatabaseSettings.from(all);
        var kafka = KafkaSettings.from(KafkaConnectionSettings.from(all));
        var figures = new SimpleMeterRegistry();
        var work = new SimpleMeterRegistry();
        try (var coordinator = Coordinator.start(CoordinatorSettings.from(all, "c"), where, kafka, figures, NO_WAIT);
                var worker = Worker.start(WorkerSettings.from(all, "w"), where, kafka, work, NO_WAIT)) {
            command(0, "submit", spec.toString());
            await().atMost(TIMEOUT).until(() -> !work.find(WorkerMetric.BATCH_SECONDS.meter())
                    .timers()
                    .isEmpty());
            command(0, "pause", "count");
            assertThat(command(0, "status", "count")).contains("PAUSED");
            command(0, "resume", "count");
            command(9, "watch", "count");
            assertThat(command(0, "quarantine", "count")).contains("777");
            change("update public.t set d = 1 where id = 777");
            command(0, "quarantine", "count", "--retry");
            assertThat(command(0, "status", "count")).contains("SUCCEEDED");
            assertThat(coordinator.leads()).isTrue();
            assertThat(figures.get(CoordinatorMetric.DUTY_SECONDS.meter()).timers())
                    .extracting(timer -> timer.getId().getTag("duty"))
                    .contains("lead", "plan", "dispatch", "completion", "reap", "progress", "throttle", "schema-drift");
        }
        change("do $$ begin if exists (select from public.t where n <> 10) then raise 'rows differ'; end if; end $$");
    }

    private String command(int code, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--database-url", String.valueOf(settings.get("BACKFLEET_DATABASE_URL"))));
        all.addAll(List.of("--kafka-bootstrap-servers", SharedServers.kafka().bootstrapServers()));
        all.addAll(List.of("--topic-prefix", String.valueOf(settings.get("BACKFLEET_TOPIC_PREFIX"))));
        var commands = Main.commandLine(arguments);
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        assertThat(commands.execute(all.toArray(String[]::new)))
                .as(all + ": " + err)
                .isEqualTo(code);
        return out.toString();
    }

    /** In the database whose defaults are hostile, as the application would, had it none of them. */
    private void change(String sql) throws SQLException {
        run(beside, "alter database " + database + " reset all");
        run(plain, sql);
    }

    private static void run(String url, String sql) throws SQLException {
        try (var server = DriverManager.getConnection(url);
                var statement = server.createStatement()) {
            statement.execute(sql);
        }
    }
}
