package dev.backfleet.worker.postgres.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.postgres.TestFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.SqlStatements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker of the release before, whose control schema is migrated while it works: what it sends does what it did. */
@Tag("server")
class OldWorkerTest {
    private static final Path STATEMENTS = Path.of("../worker/src/test/resources/statements-of-version-6.sql");
    private static final Pattern STATEMENT = Pattern.compile("-- ([A-Z_]+)\\n(.*?);\\n(?=\\n|\\z)", Pattern.DOTALL);

    private final Map<String, String> statements = new LinkedHashMap<>();
    private final Map<String, Object> parameters = new HashMap<>();
    private TestFleet fleet;
    private Task second;

    @BeforeEach
    void version6() throws SQLException, IOException {
        var found = STATEMENT.matcher(Files.readString(STATEMENTS));
        while (found.find()) {
            statements.put(found.group(1), found.group(2));
        }
        fleet = TestFleet.openAt("6");
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 1000) i");
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var job = fleet.job(definition);
        fleet.shard(job, definition.table(), null, "{600}");
        second = fleet.shard(job, definition.table(), "{600}", "{1000}");
        fleet.run("update backfleet.job set definition = definition - 'v', rate_limit = 1000000");
        parameters.putAll(Map.of("job", job, "number", 1, "dispatch", 1L, "worker", "old", "lease", 60.0, "epoch", 1L));
        parameters.putAll(Map.of("delay", 0.0, "code", "22012", "message", "m", "reason", "r", "passes", true));
        parameters.putAll(Map.of("size", 100, "rows", 100.0, "owed", 0.0, "aim", 0.95, "horizon", 0.25));
        parameters.putAll(Map.of("id", "old", "host", "h", "pid", 1L, "slots", 2, "taking", true));
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    @Test
    void a_job_that_is_half_done_is_finished_after_the_migration_by_old_workers_and_new_ones() throws SQLException {
        send("CLAIM", "null");
        send("BATCH_BEFORE_ALL", "null");
        assertThatThrownBy(() -> SchemaVersion.require(fleet.database))
                .isInstanceOfSatisfying(
                        ExplainedFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.OTHER_VERSION))
                .hasMessageContaining("older");

        fleet.migrate();
        SchemaVersion.require(fleet.database);

        assertThat(fleet.ask("select count(*) from backfleet.job j, backfleet.differences(j.id)"))
                .isEqualTo("0");
        // The worker that held a shard keeps it; another one claims the next with the statements of today.
        parameters.put("size", 600);
        assertThat(send("BATCH_AT_A_ROW", "'{100}'")).singleElement().satisfies(row -> assertThat(row)
                .containsEntry("done", true));
        assertThat(fleet.finish(fleet.leases.claim(second).orElseThrow(), 100)).isEqualTo(400);
        assertThat(fleet.ask("select min(n), max(n), count(*) from t")).isEqualTo("1 1 1000");
        assertThat(fleet.ask("select sum(rows_changed), min(state), max(state) from backfleet.shard"))
                .isEqualTo("1000 DONE DONE");
    }

    @Test
    void its_claims_batches_and_reports_do_what_they_did() throws SQLException {
        fleet.migrate();
        send("SEEN", "null");
        assertThat(fleet.ask("select slots from backfleet.worker where id = 'old'"))
                .isEqualTo("2");
        assertThat(send("CLAIM", "null"))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("epoch", 1L).containsEntry("wanted", true));
        assertThat(send("BATCH_BEFORE_ALL", "null")).singleElement().satisfies(row -> assertThat(row)
                .containsEntry("walked", 100L)
                .containsEntry("changed", 100L)
                .containsEntry("wanted", true));
        assertThat(send("BATCH_AT_A_ROW", "'{100}'")).hasSize(1);
        assertThat(send("BATCH_AT_A_ROW", "'{100}'")).as("from an older cursor").isEmpty();
        parameters.put("size", 1);
        assertThat(send("QUARANTINE_AT_A_ROW", "'{200}'")).singleElement().satisfies(row -> assertThat(row)
                .containsEntry("standing", "GOES_ON"));
        assertThat(send("READ_BACK", "null")).hasSize(1);
        send("WIND_UP", "null");
        assertThat(send("RESERVE", "null")).hasSize(1);
        send("SETTLE", "null");
        send("RENEW", "null");
        send("GIVE_BACK", "null");
        assertThat(fleet.ask(
                        "select state, cursor::text, rows_changed, rows_walked from backfleet.shard where number = 1"))
                .isEqualTo("PENDING {201} 200 201");
        assertThat(fleet.ask("select count(*) filter (where n = 1), max(n) from t"))
                .isEqualTo("200 1");
        assertThat(fleet.ask("select count(*), min(sqlstate) from backfleet.quarantine"))
                .isEqualTo("1 22012");
        send("GONE", "null");
        assertThat(fleet.ask("select count(*) from backfleet.worker")).isEqualTo("0");
    }

    @Test
    void its_failures_pauses_and_halts_are_stored() throws SQLException {
        fleet.migrate();
        send("CLAIM", "null");
        send("FAIL", "null");
        assertThat(fleet.ask("select state, error_code from backfleet.shard where number = 1"))
                .isEqualTo("FAILED 22012");
        send("PAUSE_JOB", "null");
        assertThat(fleet.ask("select state, trouble, probe_at is not null from backfleet.job"))
                .isEqualTo("PAUSING 22012 t");
        fleet.run("update backfleet.job set state = 'RUNNING', trouble = null, probe_at = null");
        send("HALT_JOB", "null");
        assertThat(fleet.ask("select state, error from backfleet.job")).isEqualTo("HALTED r");
    }

    @Test
    void every_other_statement_is_understood() {
        fleet.migrate();
        for (var name : statements.keySet()) {
            send(name, "'{1}'");
        }
        assertThat(statements).hasSizeGreaterThan(15);
    }

    private List<Map<String, Object>> send(String name, String cursor) {
        var text = statements.get(name);
        if (text == null) {
            throw new IllegalArgumentException(name);
        }
        var sql = text.replace(":cursor", cursor);
        return fleet.database.jdbi().withHandle(handle -> {
            handle.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
            if (sql.contains("returning") || sql.startsWith("select") || sql.startsWith("with")) {
                return handle.createQuery(sql).bindMap(parameters).mapToMap().list();
            }
            handle.createUpdate(sql).bindMap(parameters).execute();
            return List.of();
        });
    }
}
