package dev.backfleet.worker.postgres.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.batch.KeptRows;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.PostgresWorkerRegistry;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the deployment grants to workers is what they need. */
@Tag("server")
class GrantsTest {
    private static final Path GRANTS = Path.of("../deploy/postgres/worker-grants.sql");

    private final TestFleet fleet = TestFleet.open();

    @BeforeEach
    void aRoleWithTheGrantsOfTheDeployment() throws SQLException, IOException {
        fleet.run("create table t (id integer primary key, n integer default 0)");
        fleet.run("insert into t select i from generate_series(1, 1000) i");
        fleet.run("create role backfleet_worker");
        fleet.run("grant usage on schema backfleet to backfleet_worker");
        fleet.run("grant select (id, n), update (n) on t to backfleet_worker");
        fleet.run(Files.readString(GRANTS));
    }

    @AfterEach
    void close() throws SQLException {
        fleet.run("drop owned by backfleet_worker; drop role backfleet_worker");
        fleet.close();
    }

    @Test
    void a_worker_may_do_all_that_it_does_with_a_shard() throws SQLException {
        doAll();
        assertThat(fleet.ask("select state from backfleet.job")).isEqualTo("PAUSING");
        assertThat(fleet.ask("select sum(n) from t")).isEqualTo("100");
    }

    // The note of a job that cannot be read is stored if it may be, so its absence is no error.
    @ParameterizedTest
    @MethodSource("grants")
    void without_one_of_the_grants_it_may_not(String grant) throws SQLException {
        fleet.run(grant.replaceFirst("^grant", "revoke").replaceFirst(" to (\\w+)$", " from $1"));
        assertThatThrownBy(this::doAll)
                .satisfiesAnyOf(
                        denied -> assertThat(denied).hasStackTraceContaining("permission denied"),
                        missing -> assertThat(missing).hasMessageContaining("note"));
    }

    static List<String> grants() throws IOException {
        return Stream.of(Files.readString(GRANTS).replaceAll("(?m)^--.*$", "").split(";"))
                .map(statement -> statement.replaceAll("\\s+", " ").strip())
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private void doAll() throws SQLException {
        compare();
        undo();
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var job = fleet.job(definition);
        var task = fleet.shard(job, definition.table(), null, "{1000}");
        fleet.run("update backfleet.job set rate_limit = 1000000");
        try (var database = Database.open(DatabaseSettings.ofUrl(fleet.url), asTheRole())) {
            var registry =
                    new PostgresWorkerRegistry(database, new PostgresWorkerRegistry.Identity("w", "h", 1, 4), Map::of);
            registry.heartbeat(Optional.empty());
            var leases = new PostgresShardLeases(database, "w", TestFleet.LEASE);
            var ranges = new PostgresRangeWorker(database, "w", TestFleet.LEASE);
            var claim = leases.claim(task).orElseThrow();
            assertThat(leases.reserve(claim, new Step.Reserve(100, 0)).granted())
                    .isTrue();
            assertThat(ranges.batch(claim, new Step.Batch(Cursor.START, 100))).isPresent();
            assertThat(leases.renew(claim)).isTrue();
            assertThat(leases.readBack(claim)).isInstanceOf(ClaimStatus.Held.class);
            var row = new Step.Quarantine(new Cursor(List.of("100")), Failures.of("23514", "no"));
            assertThat(ranges.quarantine(claim, row)).isPresent();
            leases.settle(claim, 5);
            leases.pauseJob(claim, Failures.of("53100", "disk full"));
            var later = fleet.shard(fleet.job(definition), definition.table(), null, "{1000}");
            fleet.run("update backfleet.job set definition = definition || '{\"v\": 99}'");
            assertThat(leases.claim(later)).isEmpty();
            registry.remove();
        }
        assertThat(fleet.ask("select count(*) from backfleet.job_note"))
                .as("note")
                .isEqualTo("1");
        fleet.run("delete from backfleet.job where state = 'RUNNING'");
    }

    private void compare() throws SQLException {
        fleet.run("grant select (xmin) on t to backfleet_worker; update t set n = 1 where id in (7, 8)");
        var column = new ComparedColumn("n", 2, "id - id", "integer", ComparedColumn.Equality.VALUE, null);
        var like = fleet.definition("t", null, List.of("id"));
        var old = new ComparedColumn(
                "n", 2, "case id when 8 then n else 0 end", "integer", ComparedColumn.Equality.VALUE, null);
        var work = new CompareRows(
                1, List.of(column), true, null, List.of(), null, null, 1L, 2L, null, null, List.of(old));
        var definition = new JobDefinition(
                like.table(), like.key(), false, work, like.shardRows(), like.batchDuration(), like.batchMaxRows());
        var task = fleet.shard(fleet.job(definition), definition.table(), null, "{1000}");
        try (var database = Database.open(DatabaseSettings.ofUrl(fleet.url), asTheRole())) {
            var claim = new PostgresShardLeases(database, "w", TestFleet.LEASE)
                    .claim(task)
                    .orElseThrow();
            var ranges = new PostgresRangeWorker(database, "w", TestFleet.LEASE);
            var first = ranges.batch(claim, new Step.Batch(Cursor.START, 10)).orElseThrow();
            var failed = new Step.Quarantine(first.cursor(), Failures.of("22012", "no"));
            assertThat(ranges.quarantine(claim, failed)).isPresent();
        }
        assertThat(
                        fleet.ask(
                                "select string_agg(finding || ' ' || rows, ', ' order by finding) from backfleet.reconcile_tenant"))
                .isEqualTo("DIFFERENT 1, FAILED 1");
        assertThat(fleet.ask("select rows from backfleet.reconcile_new_only")).isEqualTo("1");
        fleet.run("delete from backfleet.job; update t set n = 0");
    }

    private void undo() throws SQLException {
        fleet.run("grant select (tableoid) on t to backfleet_worker");
        var like = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var kept = with(like, new UpdateRows(like.work().set(), null, Triggers.FIRE, OldValues.KEPT));
        var rows = new KeptRows(kept);
        var job = fleet.job(kept);
        try (var database = Database.open(DatabaseSettings.ofUrl(fleet.url), asTheRole())) {
            var leases = new PostgresShardLeases(database, "w", TestFleet.LEASE);
            var ranges = new PostgresRangeWorker(database, "w", TestFleet.LEASE);
            var change =
                    leases.claim(fleet.shard(job, like.table(), null, "{1000}")).orElseThrow();
            assertThat(ranges.batch(change, new Step.Batch(Cursor.START, 10))).isPresent();
            assertThat(fleet.ask("select count(*) from backfleet.kept_row")).isEqualTo("10");
            var undo = new UpdateRows(
                    rows.restored(job, Map.of("n", "integer")),
                    rows.unchanged(job),
                    Triggers.FIRE,
                    OldValues.undoing(job));
            var back = leases.claim(fleet.shard(fleet.job(with(like, undo)), like.table(), null, "{1000}"))
                    .orElseThrow();
            assertThat(ranges.batch(back, new Step.Batch(Cursor.START, 10))).isPresent();
        }
        assertThat(fleet.ask("select count(*) || ' ' || (select sum(n) from t) from backfleet.kept_row"))
                .isEqualTo("0 0");
        fleet.run("delete from backfleet.job");
    }

    private static JobDefinition with(JobDefinition of, UpdateRows work) {
        return new JobDefinition(
                of.table(), of.key(), false, work, of.shardRows(), of.batchDuration(), of.batchMaxRows());
    }

    private static Database.Profile asTheRole() {
        var session = new ArrayList<>(WorkerSession.statements());
        session.add("set role backfleet_worker");
        return new Database.Profile("backfleet-worker/p", 1, session, Duration.ofSeconds(30));
    }
}
