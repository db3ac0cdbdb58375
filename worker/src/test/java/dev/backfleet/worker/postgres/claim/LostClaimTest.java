package dev.backfleet.worker.postgres.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A claim that was committed on the former primary and did not reach the standby that takes over. */
@Tag("server")
class LostClaimTest {
    private static final Step.Batch FROM_START = new Step.Batch(Cursor.START, 10);

    @Test
    void a_claim_that_a_failover_lost_is_not_mistaken_for_the_one_that_is_given_in_its_place() throws Exception {
        try (var former = PostgresServer.open(PostgresOptions.fast());
                var fleet = TestFleet.openOn(former.createDatabase("target"))) {
            fleet.run("create table t (id bigint primary key, n integer not null default 0)");
            fleet.run("insert into t select i from generate_series(1, 100) i");
            var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
            var task = fleet.shard(fleet.job(definition), definition.table(), null, "{100}");
            try (var primary = PostgresServer.standbyOf(former, PostgresOptions.fast())) {
                primary.promote();
                var lost = fleet.leases.claim(task).orElseThrow();
                try (var database = Database.open(
                        DatabaseSettings.ofUrl(primary.jdbcUrl("target")),
                        new Database.Profile(
                                "backfleet-worker/w", 2, WorkerSession.statements(), Duration.ofSeconds(30)))) {
                    // The same worker, at the same checkpoint: nothing else tells the two claims apart.
                    var leases = new PostgresShardLeases(database, "w", TestFleet.LEASE);
                    var ranges = new PostgresRangeWorker(database, "w", TestFleet.LEASE);
                    assertThat(leases.readBack(lost)).isEqualTo(new ClaimStatus.Lost());

                    var claim = leases.claim(task).orElseThrow();

                    assertThat(claim.epoch()).isGreaterThan(lost.epoch());
                    assertThat(ranges.batch(lost, FROM_START)).isEmpty();
                    assertThat(leases.readBack(lost)).isEqualTo(new ClaimStatus.Lost());
                    leases.giveBack(lost, Duration.ZERO);
                    assertThat(ranges.batch(claim, FROM_START)).isPresent();
                }
            }
        }
    }
}
