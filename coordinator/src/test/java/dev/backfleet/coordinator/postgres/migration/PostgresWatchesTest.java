package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.metric.LeaderMetrics.WatchedPoint;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Change;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Named;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.cutover.TenantsOfTable;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.Reads;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.migration.watch.WatchCutovers;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.query.PostgresFigures;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.throttle.Sample;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is stored of a watch over a cutover is what the next look, a status and the metrics read. */
@Tag("server")
class PostgresWatchesTest {
    private static final Actor ANN = Actor.commandLine("ann");
    private static TestDatabase db;
    private static long migration;
    private static long job;
    private static FlagStore flags;
    private static PostgresWatches watches;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        flags = new FlagStore(db.database);
        watches = new PostgresWatches(db.database);
        db.run("create table t (id int primary key, v int, w int); insert into t values (1, 1, 1)");
        var store = new MigrationStore(db.database);
        var file = new MigrationBench.Draft("watched", "t")
                .from("v")
                .to("w", "int", "v")
                .migration();
        migration = store.create(file, "public.t", List.of(), ANN).id();
        store.move(migration, MigrationState.PLANNED, MigrationState.SYNCED, ANN);
        job = submit("watched");
        db.run("update backfleet.job set state = 'SUCCEEDED', finished_at = now()");
        db.run("update backfleet.migration set state = 'READY', job_id = " + job);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void a_look_is_stored_for_the_next_one_and_for_those_who_ask() throws SQLException {
        assertThat(watches.live()).singleElement().satisfies(live -> {
            assertThat(live.migration().job()).contains(job);
            assertThat(live.step()).isEmpty();
            assertThat(live.watch()).isEmpty();
        });
        switched(Map.of("7", new Named(true, "first"), "13", new Named(false, "3 wrong rows")));
        var live = watches.live().get(0);
        assertThat(live.step().orElseThrow().step()).isEqualTo(1);
        assertThat(Reads.of(live.flag())).isEqualTo(new Reads(true, 0, List.of("7")));

        var seen = look(live.flag().version() > 0, 0.5);
        watches.store(migration, MigrationState.READY, look(false, 0.5));
        assertThat(watches.live().get(0).watch())
                .as("a look at the state before")
                .isEmpty();
        store(seen);
        assertThat(watches.live().get(0).watch()).contains(seen);
        assertThat(figures()).containsExactly(new WatchedPoint("probe-latency", SignalLevel.HARD));
        assertThat(findings().unwatched()).isNull();

        store(look(true, null));
        assertThat(findings().unwatched()).isEqualTo("probe-latency cannot be judged: it took longer than a second");
        assertThat(figures()).containsExactly(new WatchedPoint("probe-latency", null));

        store(seen);
        db.run("update backfleet.cutover_watch set seen_at = seen_at - interval '1 minute'");
        assertThat(findings().unwatched()).isEqualTo("no coordinator looks at its signals");
        assertThat(figures()).containsExactly(new WatchedPoint("probe-latency", null));

        rollBack().run(WatchCutovers.ACTOR, "watched", null, "probe-latency is 500ms");
        assertThat(findings().takenBack()).isEqualTo("probe-latency is 500ms");
        assertThat(findings().unwatched()).isNull();
        assertThat(new PostgresFigures(db.database).read().migrations())
                .singleElement()
                .satisfies(one -> assertThat(one.takenBack()).isTrue());

        switched(Map.of());
        assertThat(findings().takenBack()).as("a person has begun again").isNull();
        watches.forget(migration);
        assertThat(watches.live().get(0).watch()).isEmpty();
        rollBack().run(ANN, "watched", null, "the end");
        assertThat(findings().takenBack()).as("a person has taken them back").isNull();
    }

    private static void store(CutoverWatch watch) {
        watches.store(migration, MigrationState.CUTTING, watch);
    }

    private RollBack rollBack() {
        return new RollBack(
                new MigrationStore(db.database),
                flags,
                new TenantsOfTable((migration, tenant) -> Optional.empty()),
                source -> MigrationParser.parse("m.yaml", source).migration());
    }

    @Test
    void a_signal_that_is_bad_while_the_old_columns_are_renamed_is_told_of_the_job() throws SQLException {
        db.run("update backfleet.migration set state = 'RENAMED'");
        try {
            watches.store(migration, MigrationState.RENAMED, look(true, 0.05));
            assertThat(findings().renamedHurts()).isNull();
            watches.store(migration, MigrationState.RENAMED, look(true, 0.5));
            assertThat(findings().renamedHurts()).isEqualTo("probe-latency is 500ms, at its hard threshold 200ms");
            db.run("update backfleet.cutover_watch set seen_at = seen_at - interval '2 minutes'");
            assertThat(findings().renamedHurts()).as("nobody looks any more").isNull();
        } finally {
            watches.forget(migration);
            db.run("update backfleet.migration set state = 'READY'");
        }
    }

    @Test
    void drift_is_what_the_last_reconcile_has_found_of_tenants_that_are_not_held_back() throws SQLException {
        assertThat(watches.drift(job, "watched")).as("no reconcile yet").isEmpty();
        var pass = submit("watched.reconcile");
        db.run("update backfleet.job set reconciles = " + job + ", state = 'SUCCEEDED', finished_at = now() where id = "
                + pass);
        assertThat(watches.drift(job, "watched")).hasValue(0);
        db.run("insert into backfleet.reconcile_tenant (job_id, shard, tenant, finding, written, rows) values (" + pass
                + ", 1, '7', 'DIFFERENT', 'SINCE', 2), (" + pass + ", 1, '13', 'MISSING', 'SINCE', 5)");
        assertThat(watches.drift(job, "watched")).hasValue(7);
        db.run("insert into backfleet.flag_tenant (flag, tenant, value) values ('watched', '13', false)");
        assertThat(watches.drift(job, "watched")).hasValue(2);
        db.run("delete from backfleet.flag_tenant");

        assertThat(watches.of(job).relations()).hasSize(1);
    }

    private static void switched(Map<String, Named> tenants) {
        flags.change(
                migration,
                MigrationState.READY,
                MigrationState.CUTTING,
                new Change(true, BigDecimal.ZERO, tenants, 1, "step 1 of 2"),
                ANN);
    }

    private static CutoverWatch look(boolean on, @Nullable Double value) {
        var watched = List.of(
                new Watched("probe-latency", Measure.DURATION, AbortLimits.parse("100ms/200ms", Measure.DURATION)));
        return CutoverWatch.NEW.next(new CutoverWatch.Look(
                watches.live().get(0).now(),
                new Reads(on, 0, List.of("7")),
                Duration.ofMinutes(1),
                watched,
                List.of(new Sample(
                        "probe-latency",
                        Measure.DURATION,
                        value,
                        value == null ? "it took longer than a second" : null))));
    }

    private static JobStatus.Findings findings() {
        return new PostgresQueries(db.database)
                .snapshot(job)
                .orElseThrow()
                .job()
                .findings();
    }

    private static List<WatchedPoint> figures() {
        return new PostgresFigures(db.database).read().migrations().get(0).watched();
    }

    private static long submit(String name) throws SQLException {
        db.submit("name: " + name + "\ntable: t\nset: { w: v }\n");
        return Long.parseLong(db.ask("select max(id) from backfleet.job"));
    }
}
