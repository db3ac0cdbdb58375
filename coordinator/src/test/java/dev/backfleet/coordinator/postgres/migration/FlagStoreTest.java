package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.coordinator.metric.LeaderMetrics.LiveMigration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Change;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Named;
import dev.backfleet.coordinator.migration.status.MigrationStatus;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.query.PostgresFigures;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A change of a flag: the migration's state, what readers see and the audit are one transaction. */
@Tag("server")
class FlagStoreTest {
    private static final Actor ANN = Actor.commandLine("ann");
    private static TestDatabase db;
    private static long migration;
    private static FlagStore flags;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        flags = new FlagStore(db.database);
        db.run("create table t (id int primary key, v int)");
        var store = new MigrationStore(db.database);
        var file = new MigrationBench.Draft("switched", "t")
                .from("v")
                .to("w", "int", "v")
                .migration();
        migration = store.create(file, "public.t", List.of(), ANN).id();
        store.move(migration, MigrationState.PLANNED, MigrationState.SYNCED, ANN);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void readers_the_state_and_the_audit_agree() throws SQLException {
        assertThat(flags.flag("switched").orElseThrow().on()).isFalse();
        assertThat(reads("7")).isFalse();
        db.run("update backfleet.migration set state = 'READY'");

        var first = flags.change(
                migration,
                MigrationState.READY,
                MigrationState.CUTTING,
                new Change(
                        true,
                        BigDecimal.ZERO,
                        Map.of("7", new Named(true, "first"), "13", new Named(false, "3 wrong rows")),
                        1,
                        "step 1 of 2"),
                ANN);
        assertThat(reads("7")).isTrue();
        assertThat(reads("8")).isFalse();
        assertThat(flags.step(migration).orElseThrow().step()).isEqualTo(1);

        soaksAnewOnlyForALargerShare();

        var all = flags.change(
                migration,
                MigrationState.CUTTING,
                MigrationState.CUTTING,
                new Change(true, new BigDecimal("100"), Map.of(), 2, "step 2 of 2"),
                ANN);
        assertThat(all.version()).isGreaterThan(first.version());
        assertThat(reads("8")).isTrue();
        assertThat(reads("13")).as("held back").isFalse();
        assertThat(new PostgresFigures(db.database).read().migrations())
                .containsExactly(new LiveMigration("switched", MigrationState.CUTTING, 100, false, List.of()));

        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> flags.change(
                        migration,
                        MigrationState.READY,
                        MigrationState.CUT,
                        new Change(true, new BigDecimal("100"), Map.of(), 2, "late"),
                        ANN));
        assertThat(flags.flag("switched").orElseThrow().version()).isEqualTo(all.version());

        var off = flags.change(
                migration,
                MigrationState.CUTTING,
                MigrationState.READY,
                new Change(false, BigDecimal.ZERO, Map.of(), 0, "errors in checkout"),
                ANN);
        assertThat(off.on()).isFalse();
        assertThat(off.tenants()).isEmpty();
        assertThat(reads("7")).isFalse();
        assertThat(flags.step(migration)).isEmpty();
        assertAudited();
    }

    private static void assertAudited() throws SQLException {
        assertThat(
                        db.column(
                                "select new_value || ' (' || reason || ')' from backfleet.audit where action = 'flag' order by id"))
                .containsExactly(
                        "switched: OFF → ON, 0 %, with 1 tenant by name, without 1 tenant (step 1 of 2)",
                        "switched: ON, 0 %, with 1 tenant by name, without 1 tenant → ON, 0 %, with 2 tenants by name, without 1 tenant"
                                + " (tenant 9)",
                        "switched: ON, 0 %, with 2 tenants by name, without 1 tenant → ON, 1 %, with 2 tenants by name, without 1 tenant"
                                + " (1 %)",
                        "switched: ON, 1 %, with 2 tenants by name, without 1 tenant → ON, 100 %, with 2 tenants by name, without 1 tenant"
                                + " (step 2 of 2)",
                        "switched: ON, 100 %, with 2 tenants by name, without 1 tenant → OFF (errors in checkout)");
        assertThat(db.column("select concat_ws(', ', type, before, after, why, who) from backfleet.outbox"
                        + " where type like 'migration.%' order by id"))
                .as("others are told in the same transaction")
                .containsExactly(
                        "migration.switched, OFF, ON, 0 %, step 1 of 2, ann",
                        "migration.switched, ON, 0 %, ON, 0 %, tenant 9, ann",
                        "migration.switched, ON, 0 %, ON, 1 %, 1 %, ann",
                        "migration.switched, ON, 1 %, ON, 100 %, step 2 of 2, ann",
                        "migration.rolled-back, ON, 100 %, OFF, errors in checkout, ann");
    }

    @Test
    void a_status_is_read_while_the_table_is_locked_and_tells_that_its_sync_is_missing() throws SQLException {
        try (var other = db.connect();
                var statement = other.createStatement()) {
            statement.execute("begin; lock table t in access exclusive mode");

            var status = new PostgresMigrations(db.database).status("switched").orElseThrow();

            assertThat(status.problem()).contains("the trigger", "of the sync is missing on t");
            assertThat(status.appliedBy()).isNull();
        }
    }

    @Test
    void why_a_command_could_not_go_on_is_told_until_another_one_takes_the_file_on() {
        var store = new MigrationStore(db.database);
        store.refused(migration, Kind.GATE_CLOSED, "finish.index.i: no", "name it");
        assertThat(status().refusal()).isNotNull().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo("gate-closed");
            assertThat(refusal.message()).isEqualTo("finish.index.i: no");
            assertThat(refusal.remedy()).isEqualTo("name it");
        });
        store.replace(migration, "the same", List.of());
        assertThat(status().refusal()).isNull();
    }

    private static MigrationStatus status() {
        return new PostgresMigrations(db.database).status("switched").orElseThrow();
    }

    private static void soaksAnewOnlyForALargerShare() throws SQLException {
        var begun = begun();
        flags.change(
                migration,
                MigrationState.CUTTING,
                MigrationState.CUTTING,
                new Change(true, BigDecimal.ZERO, Map.of("9", new Named(true, "early")), 1, "tenant 9"),
                ANN);
        assertThat(begun()).as("one tenant more begins no step").isEqualTo(begun);
        flags.change(
                migration,
                MigrationState.CUTTING,
                MigrationState.CUTTING,
                new Change(true, BigDecimal.ONE, Map.of(), 1, "1 %"),
                ANN);
        assertThat(begun()).as("a larger share has to soak").isNotEqualTo(begun);
    }

    private static String begun() throws SQLException {
        return db.ask("select cutover_at from backfleet.migration where id = " + migration);
    }

    private static boolean reads(String tenant) throws SQLException {
        return db.ask("select backfleet.flag('switched', '" + tenant + "')").equals("t");
    }
}
