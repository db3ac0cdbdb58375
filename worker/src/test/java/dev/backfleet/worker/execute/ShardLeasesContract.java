package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every implementation of {@link ShardLeases} must do. */
public abstract class ShardLeasesContract {
    private static final Failure FAILURE = Failures.of("53100", "disk full");

    /** The database under test, without jobs. */
    protected abstract ShardFixture fixture();

    private ShardLeases leases() {
        return fixture().access().leases();
    }

    private Claim claimed(Task task) {
        return leases().claim(task).orElseThrow();
    }

    @Test
    void a_claim_raises_the_epoch_and_sets_a_lease() {
        var task = fixture().dispatched(10);
        var before = fixture().stored(task.shard()).epoch();
        var claim = claimed(task);
        var stored = fixture().stored(task.shard());
        assertThat(claim.epoch()).isGreaterThan(before).isEqualTo(stored.epoch());
        assertThat(stored.shard()).isEqualTo(ShardState.RUNNING);
        assertThat(stored.leased()).isTrue();
    }

    @Test
    void a_dispatch_number_is_claimed_once() {
        var task = fixture().dispatched(10);
        var first = claimed(task);
        assertThat(leases().claim(task)).isEmpty();
        leases().giveBack(first, Duration.ZERO);
        assertThat(leases().claim(task)).isEmpty();
        var again = fixture().dispatchedAgain(task);
        assertThat(leases().claim(task)).isEmpty();
        assertThat(claimed(again).epoch()).isGreaterThan(first.epoch());
    }

    @Test
    void a_shard_of_a_stopped_job_cannot_be_claimed() {
        var task = fixture().dispatched(10);
        fixture().stopJob(task.shard());
        assertThat(leases().claim(task)).isEmpty();
    }

    @Test
    void the_next_claim_begins_at_the_stored_checkpoint() {
        var task = fixture().dispatched(10);
        var first = claimed(task);
        var moved = fixture().access().ranges().batch(first, new Step.Batch(first.cursor(), 4));
        leases().giveBack(first, Duration.ZERO);
        assertThat(claimed(fixture().dispatchedAgain(task)).cursor())
                .isEqualTo(moved.orElseThrow().cursor());
    }

    @Test
    void the_next_claim_begins_in_the_stored_pass_and_reading_back_tells_it() {
        var task = fixture().inPasses(10, 2);
        var first = claimed(task);
        var moved = fixture()
                .access()
                .ranges()
                .batch(first, new Step.Batch(first.cursor(), 10))
                .orElseThrow()
                .cursor();
        assertThat(moved.pass()).isEqualTo(1);
        assertThat(leases().readBack(first)).isEqualTo(new ClaimStatus.Held(moved));
        leases().giveBack(first, Duration.ZERO);
        assertThat(claimed(fixture().dispatchedAgain(task)).cursor()).isEqualTo(moved);
    }

    @Test
    void a_lease_is_renewed_only_by_its_holder() {
        var task = fixture().dispatched(10);
        var stale = claimed(task);
        assertThat(leases().renew(stale)).isTrue();
        fixture().reap(task.shard());
        assertThat(leases().renew(stale)).isFalse();
        assertThat(fixture().stored(task.shard()).leased()).isFalse();
        var holder = claimed(fixture().dispatchedAgain(task));
        assertThat(leases().renew(stale)).isFalse();
        assertThat(leases().renew(holder)).isTrue();
    }

    @Test
    void reading_back_tells_the_checkpoint_of_a_shard_that_is_still_held_and_that_one_is_lost() {
        var task = fixture().dispatched(10);
        var claim = claimed(task);
        assertThat(leases().readBack(claim)).isEqualTo(new ClaimStatus.Held(claim.cursor()));
        var moved = fixture().access().ranges().batch(claim, new Step.Batch(claim.cursor(), 4));
        assertThat(leases().readBack(claim))
                .isEqualTo(new ClaimStatus.Held(moved.orElseThrow().cursor()));
        fixture().reap(task.shard());
        assertThat(leases().readBack(claim)).isEqualTo(new ClaimStatus.Lost());
        var holder = claimed(fixture().dispatchedAgain(task));
        assertThat(leases().readBack(claim)).isEqualTo(new ClaimStatus.Lost());
        assertThat(leases().readBack(holder)).isInstanceOf(ClaimStatus.Held.class);
    }

    @Test
    void reading_back_tells_that_the_table_is_another_one() {
        var task = fixture().dispatched(10);
        var claim = claimed(task);
        fixture().replaceTable(task.shard());
        assertThat(leases().readBack(claim)).isInstanceOf(ClaimStatus.Changed.class);
    }

    @ParameterizedTest
    @EnumSource
    void the_holder_ends_its_claim(End end) {
        var task = fixture().dispatched(10);
        var claim = claimed(task);
        end.prepare(fixture(), task);
        end.ask(leases(), claim);
        var stored = fixture().stored(task.shard());
        assertThat(stored.shard()).isEqualTo(end.shard);
        assertThat(stored.job()).isEqualTo(end.job);
        assertThat(stored.leased()).isFalse();
        assertThat(leases().readBack(claim)).isEqualTo(new ClaimStatus.Lost());
    }

    @ParameterizedTest
    @EnumSource
    void a_stale_claim_ends_nothing(End end) {
        var task = fixture().dispatched(10);
        var stale = claimed(task);
        fixture().reap(task.shard());
        end.prepare(fixture(), task);
        end.ask(leases(), stale);
        assertThat(fixture().stored(task.shard()).shard()).isEqualTo(ShardState.PENDING);
        var holder = claimed(fixture().dispatchedAgain(task));
        var before = fixture().stored(task.shard());
        end.ask(leases(), stale);
        assertThat(fixture().stored(task.shard())).isEqualTo(before);
        assertThat(before.job()).isEqualTo(JobState.RUNNING);
        assertThat(leases().renew(holder)).isTrue();
    }

    /** The ways to end a claim, and what is stored afterwards. */
    enum End {
        GIVE_BACK(ShardState.PENDING, JobState.RUNNING) {
            @Override
            void ask(ShardLeases leases, Claim claim) {
                leases.giveBack(claim, Duration.ofSeconds(5));
            }
        },
        PUT_BACK(ShardState.PENDING, JobState.RUNNING) {
            @Override
            void ask(ShardLeases leases, Claim claim) {
                leases.putBack(claim, Duration.ofSeconds(5), FAILURE);
            }
        },
        FAIL(ShardState.FAILED, JobState.RUNNING) {
            @Override
            void ask(ShardLeases leases, Claim claim) {
                leases.fail(claim, FAILURE);
            }
        },
        PAUSE_JOB(ShardState.PENDING, JobState.PAUSING) {
            @Override
            void ask(ShardLeases leases, Claim claim) {
                leases.pauseJob(claim, FAILURE);
            }
        },
        HALT_JOB(ShardState.PENDING, JobState.HALTED) {
            @Override
            void prepare(ShardFixture fixture, Task task) {
                fixture.replaceTable(task.shard());
            }

            @Override
            void ask(ShardLeases leases, Claim claim) {
                leases.haltJob(claim, FAILURE);
            }
        };

        private final ShardState shard;
        private final JobState job;

        End(ShardState shard, JobState job) {
            this.shard = shard;
            this.job = job;
        }

        abstract void ask(ShardLeases leases, Claim claim);

        void prepare(ShardFixture fixture, Task task) {}
    }
}
