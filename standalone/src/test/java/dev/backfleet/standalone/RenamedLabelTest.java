package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.execute.ShardLeases;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The label of an enum in the key is renamed while a worker has a shard whose checkpoint holds the old one. */
@Tag("server")
class RenamedLabelTest {

    @Test
    void the_batch_changes_nothing_and_reading_back_says_which_label_it_is() {
        var settings = DatabaseSettings.ofUrl(SharedServers.freshDatabase());
        ControlSchema.migrate(settings);
        var silence = Duration.ofSeconds(30);
        try (var coordinator = Database.open(settings, new Database.Profile("coordinator", 3, List.of(), silence));
                var worker = Database.open(
                        settings, new Database.Profile("backfleet-worker/w", 3, WorkerSession.statements(), silence))) {
            coordinator.jdbi().useHandle(handle -> {
                handle.execute("create type mood as enum ('sad', 'ok', 'happy')");
                handle.execute("create table t (m mood, id int, n int not null default 0, primary key (m, id))");
                handle.execute(
                        "insert into t select (enum_range(null::mood))[1 + i % 3], i from generate_series(1, 99) i");
            });
            var job = new SubmitJob(new PostgresCatalog(coordinator), new PostgresIntake(coordinator))
                    .run(Actor.commandLine("me"), SpecParser.parse("s.yaml", "name: j\ntable: t\nset: { n: n + 1 }\n"))
                    .id();
            new PostgresPlans(coordinator).plan(job);
            coordinator
                    .jdbi()
                    .useHandle(handle -> handle.execute(
                            "update backfleet.shard set state = 'DISPATCHED', dispatch = 1, dispatched_at = now()"));
            var leases = new PostgresShardLeases(worker, "w", Duration.ofSeconds(60));
            var ranges = new PostgresRangeWorker(worker, "w", Duration.ofSeconds(60));
            var claim = leases.claim(new Task(new ShardId(job, 1), 1)).orElseThrow();
            var first = ranges.batch(claim, new Step.Batch(claim.cursor(), 40)).orElseThrow();

            rename(coordinator, "ok", "fine");
            assertThat(ranges.batch(claim, new Step.Batch(first.cursor(), 40))).isEmpty();
            assertThat(leases.readBack(claim))
                    .isInstanceOfSatisfying(
                            ShardLeases.ClaimStatus.Changed.class,
                            changed -> assertThat(changed.failure().message()).contains("'ok'", "'fine'"));

            rename(coordinator, "fine", "ok");
            assertThat(ranges.batch(claim, new Step.Batch(first.cursor(), 1_000))
                            .orElseThrow())
                    .satisfies(last -> assertThat(last.done()).isTrue());
            assertThat(changedOnce(coordinator)).isEqualTo(99);
        }
    }

    private static void rename(Database database, String from, String to) {
        database.jdbi()
                .useHandle(handle -> handle.execute("alter type mood rename value '" + from + "' to '" + to + "'"));
    }

    private static long changedOnce(Database database) {
        return database.jdbi().withHandle(handle -> handle.createQuery("select count(*) from t where n = 1")
                .mapTo(Long.class)
                .one());
    }
}
