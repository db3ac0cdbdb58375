package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A control schema of the version before becomes one of this version while a job is half done. */
class UpgradeTest {
    private static final Path STATEMENTS = Path.of("src/test/resources/statements-of-version-4.sql");

    private TestFleet fleet;

    @BeforeEach
    void version4() {
        fleet = TestFleet.openAt("4");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    @Test
    void a_job_that_is_half_done_is_finished_after_the_migration() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 1000) i");
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var job = fleet.job(definition);
        var claim = fleet.store
                .claim(fleet.shard(job, definition.table(), null, "{600}"))
                .orElseThrow();
        var later = fleet.shard(job, definition.table(), "{600}", "{1000}");
        var first =
                fleet.store.batch(claim, new Step.Batch(claim.cursor(), 250)).orElseThrow();
        assertThatThrownBy(() -> SchemaVersion.require(fleet.database))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OTHER_VERSION))
                .hasMessageContaining("older");

        fleet.migrate();
        SchemaVersion.require(fleet.database);

        assertThat(fleet.ask("select jsonb_array_length(pinned) from backfleet.job"))
                .isEqualTo("2");
        assertThat(fleet.ask("select count(*) from backfleet.differences(" + job + ")"))
                .isEqualTo("0");
        // Who held a shard goes on with it; who claims another does so with the statements of today.
        var second =
                fleet.store.batch(claim, new Step.Batch(first.cursor(), 350)).orElseThrow();
        assertThat(second.done()).isTrue();
        assertThat(fleet.finish(
                        fleet.store
                                .claim(new Task(later.shard(), later.dispatch()))
                                .orElseThrow(),
                        100))
                .isEqualTo(400);
        assertThat(fleet.ask("select min(n), max(n), count(*) from t")).isEqualTo("1 1 1000");
        assertThat(fleet.ask("select sum(rows_changed), min(state) from backfleet.shard"))
                .isEqualTo("1000 DONE");
    }

    @Test
    void the_statements_of_a_worker_of_the_version_before_are_still_understood() throws SQLException, IOException {
        fleet.migrate();
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        for (var statement : Files.readString(STATEMENTS).split(";")) {
            if (!statement.isBlank()) {
                fleet.run("prepare old as " + statement);
                fleet.run("deallocate old");
            }
        }
    }

    @Test
    void who_could_pause_jobs_can_say_after_the_migration_what_for() throws SQLException {
        fleet.run("create role worker_of_before");
        fleet.run("grant update (state, reason, error) on backfleet.job to worker_of_before");
        try {
            fleet.migrate();
            assertThat(fleet.ask(
                            "select bool_and(has_column_privilege('worker_of_before', 'backfleet.job', c, 'update')) "
                                    + "from unnest('{trouble,troubled_at,probes,probe_at}'::text[]) c"))
                    .isEqualTo("t");
        } finally {
            fleet.run("drop owned by worker_of_before; drop role worker_of_before");
        }
    }

    @Test
    void a_newer_control_schema_is_refused_with_what_to_do() throws SQLException {
        fleet.migrate();
        fleet.run("create or replace function backfleet.version() returns integer language sql as 'select 1000'");
        assertThatThrownBy(() -> WorkerSession.requireControlSchema(fleet.database))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OTHER_VERSION))
                .hasMessageContaining("of version 1000, and this release knows up to " + SchemaVersion.KNOWN);
    }

    @Test
    void the_schema_tells_the_version_of_its_newest_migration() throws SQLException {
        fleet.migrate();
        assertThat(fleet.ask("select backfleet.version(), max(version::integer) from backfleet.schema_version"))
                .isEqualTo(SchemaVersion.KNOWN + " " + SchemaVersion.KNOWN);
    }
}
