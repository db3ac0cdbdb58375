package dev.backfleet.worker.postgres.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.postgres.WorkerSession;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An older control schema becomes one of this version; a newer one is refused. */
@Tag("server")
class UpgradeTest {
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
                        ExplainedFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.OTHER_VERSION))
                .hasMessageContaining(
                        "has version 1000, and this release supports versions up to " + SchemaVersion.KNOWN);
    }

    @Test
    void the_schema_tells_the_version_of_its_newest_migration() throws SQLException {
        fleet.migrate();
        assertThat(fleet.ask("select backfleet.version(), max(version::integer) from backfleet.schema_version"))
                .isEqualTo(SchemaVersion.KNOWN + " " + SchemaVersion.KNOWN);
    }
}
