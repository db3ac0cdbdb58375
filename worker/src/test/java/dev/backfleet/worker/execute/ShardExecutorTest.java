package dev.backfleet.worker.execute;

import static dev.backfleet.worker.execute.Samples.at;
import static dev.backfleet.worker.execute.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.event.Event;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.RunSettings;
import dev.backfleet.worker.shard.SlotLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Does what the run decides, with a store and a clock that the test holds. */
class ShardExecutorTest {
    private final FakeShards store = new FakeShards();
    private final List<Event> events = new ArrayList<>();
    private final WorkMetrics metrics = new WorkMetrics(new SimpleMeterRegistry());
    private ControlView control = new ControlView(true, Map.of());
    private Duration now = Duration.ZERO;
    private Duration slept = Duration.ZERO;

    private RunOutcome run(Claim claim) throws InterruptedException {
        // Looking at the clock takes a millisecond, so that a run comes to its end whatever it does.
        var context = new ShardExecutor.Context(() -> control, () -> false, () -> now = now.plusMillis(1), duration -> {
            slept = slept.plus(duration);
            now = now.plus(duration);
        });
        var reports = new WorkReports("w", events::add, metrics, InstantSource.fixed(Instant.EPOCH), () -> now);
        var settings = new RunSettings(Duration.ofSeconds(10), Duration.ofSeconds(60), 4, Duration.ofSeconds(5));
        return new ShardExecutor(settings, failures -> Duration.ofMillis(50), context, reports)
                .run(claim, store.access());
    }

    private List<Event.Type> told() {
        return events.stream().map(Event::type).toList();
    }

    @Test
    void batches_follow_each_other_to_the_end_of_the_shard() throws InterruptedException {
        store.answers(Optional.of(moved(500, 500)))
                .answers(Optional.of(new BatchResult(at(800), 300, 200, true, Samples.UNLIMITED)));
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.Done());
        assertThat(store.asked()).hasSize(2);
        assertThat(store.asked().get(0)).isEqualTo("batch [] 500");
        assertThat(store.asked().get(1)).startsWith("batch [500] ");
        assertThat(metrics.rowsChanged()).isEqualTo(700);
        assertThat(told()).containsExactly(Event.Type.CLAIMED, Event.Type.DONE);
        assertThat(events.get(1).rows()).isEqualTo(700);
    }

    @Test
    void after_a_lost_connection_the_checkpoint_is_read_before_the_next_batch() throws InterruptedException {
        store.answers(Optional.of(moved(500, 500)))
                .refuses("08006")
                .refuses("08001")
                .answers(new ClaimStatus.Held(at(900)))
                .answers(Optional.of(new BatchResult(at(1_000), 100, 100, true, Samples.UNLIMITED)));
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.Done());
        assertThat(store.asked().subList(2, 4)).containsExactly("readBack", "readBack");
        assertThat(store.asked().get(4)).startsWith("batch [900] ");
    }

    @Test
    void a_lost_lease_ends_the_run_and_nothing_is_stored() throws InterruptedException {
        store.answers(Optional.empty()).answers(new ClaimStatus.Lost());
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.LeaseLost());
        assertThat(store.asked()).containsExactly("batch [] 500", "readBack");
        assertThat(metrics.fencedBatches()).isEqualTo(1);
        assertThat(told()).containsExactly(Event.Type.CLAIMED, Event.Type.FENCED);
    }

    @Test
    void a_table_that_is_no_longer_the_pinned_one_halts_the_job() throws InterruptedException {
        var failure = Failures.of("42P01", "another table");
        store.answers(Optional.empty()).answers(new ClaimStatus.Changed(failure));
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.HaltJob(failure));
        assertThat(store.asked()).containsExactly("batch [] 500", "readBack", "haltJob 42P01");
    }

    @Test
    void an_unknown_error_fails_the_shard_and_is_reported_by_its_code() throws InterruptedException {
        store.refuses("XX000");
        assertThat(run(Samples.claim())).isInstanceOf(RunOutcome.Fail.class);
        assertThat(store.asked()).containsExactly("batch [] 500", "fail XX000");
        assertThat(events.get(events.size() - 1).error()).isEqualTo("XX000");
    }

    @Test
    void a_rejected_row_is_found_and_quarantined() throws InterruptedException {
        store.refuses("23514").answers(Optional.of(moved(250, 250)));
        for (var size = 125; size > 1; size /= 2) {
            store.refuses("23514");
        }
        store.refuses("22012")
                .answers(Optional.of(
                        new QuarantineResult(at(251), true, QuarantineResult.ShardStatus.CONTINUES, Samples.UNLIMITED)))
                .answers(Optional.of(new BatchResult(at(252), 1, 1, true, Samples.UNLIMITED)));
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.Done());
        assertThat(store.asked())
                .startsWith("batch [] 500", "batch [] 250", "batch [250] 125", "batch [250] 62")
                .endsWith("batch [250] 1", "quarantine [250] 22012", "batch [251] 1");
        assertThat(metrics.rowsChanged()).isEqualTo(251);
    }

    @Test
    void a_spent_budget_ends_the_run_and_nothing_is_left_to_store() throws InterruptedException {
        store.refuses("23514");
        for (var size = 500; size > 1; size /= 2) {
            store.refuses("23514");
        }
        store.answers(Optional.of(
                new QuarantineResult(at(1), true, QuarantineResult.ShardStatus.BUDGET_SPENT, Samples.UNLIMITED)));
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.JobStopped(true));
        assertThat(store.asked().get(store.asked().size() - 1)).isEqualTo("quarantine [] 23514");
        assertThat(told()).containsExactly(Event.Type.CLAIMED, Event.Type.STOPPED);
    }

    @Test
    void a_full_disk_pauses_the_job() throws InterruptedException {
        store.refuses("53100");
        assertThat(run(Samples.claim())).isInstanceOf(RunOutcome.PauseJob.class);
        assertThat(store.asked()).containsExactly("batch [] 500", "pauseJob 53100");
    }

    @Test
    void a_shard_whose_rows_others_hold_is_given_back_with_a_delay() throws InterruptedException {
        store.refuses("55P03").refuses("55P03").refuses("55P03").refuses("55P03");
        assertThat(run(Samples.claim())).isInstanceOf(RunOutcome.Stuck.class);
        assertThat(store.asked())
                .containsExactly("batch [] 500", "batch [] 250", "batch [] 125", "batch [] 62", "putBack PT5S 55P03");
        assertThat(slept).isGreaterThanOrEqualTo(Duration.ofMillis(140));
    }

    @Test
    void a_worker_without_the_control_topic_gives_the_shard_back_at_once() throws InterruptedException {
        control = ControlView.DISCONNECTED;
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.GiveBack(RunOutcome.Reason.STOPPED, Duration.ZERO));
        assertThat(store.asked()).containsExactly("giveBack PT0S");
        assertThat(told()).containsExactly(Event.Type.CLAIMED, Event.Type.STOPPED);
    }

    @Test
    void a_shard_with_rows_of_a_paused_tenant_is_given_back_until_they_are_split_off() throws InterruptedException {
        control = control.with(Scope.tenant(7, "x"), new ControlRecord(DesiredState.PAUSE, null, null))
                .with(Scope.tenant(8, "other"), new ControlRecord(DesiredState.PAUSE, null, null))
                .with(Scope.tenant(7, "resumed"), new ControlRecord(DesiredState.RUN, null, null));
        store.answers(true);
        assertThat(run(Samples.tenantClaim()))
                .isEqualTo(new RunOutcome.GiveBack(RunOutcome.Reason.STOPPED, Duration.ofSeconds(1)));
        assertThat(store.asked()).containsExactly("reaches x", "giveBack PT1S");
    }

    @Test
    void a_tenant_that_cannot_be_looked_up_stops_the_shard() throws InterruptedException {
        control = control.with(Scope.tenant(7, "x"), new ControlRecord(DesiredState.PAUSE, null, null));
        store.refuses("08006");
        assertThat(run(Samples.tenantClaim()))
                .isEqualTo(new RunOutcome.GiveBack(RunOutcome.Reason.STOPPED, Duration.ofSeconds(1)));
        assertThat(store.asked()).containsExactly("reaches x", "giveBack PT1S");
    }

    @Test
    void what_cannot_be_given_back_is_left_to_the_lease() throws InterruptedException {
        control = ControlView.DISCONNECTED;
        store.refuses("08006");
        assertThat(run(Samples.claim())).isInstanceOf(RunOutcome.GiveBack.class);
    }

    @Test
    void a_job_with_a_limit_reserves_before_each_batch_and_settles_at_the_end() throws InterruptedException {
        var limits = Samples.limited(200, 1);
        store.answers(new Reservation(true, Duration.ofMillis(30), limits))
                .answers(Optional.of(new BatchResult(at(20), 20, 5, false, limits)))
                .answers(new Reservation(false, Duration.ofMillis(40), limits))
                .answers(new Reservation(true, Duration.ZERO, limits))
                .answers(Optional.of(new BatchResult(at(40), 20, 20, true, limits)));
        assertThat(run(Samples.claim(limits))).isEqualTo(new RunOutcome.Done());
        assertThat(store.asked())
                .containsExactly(
                        "reserve 20.0 0.0",
                        "batch [] 20",
                        "reserve 10.0 -15.0",
                        "reserve 10.0 -15.0",
                        "batch [20] 20",
                        "settle 10.0");
        assertThat(slept).isBetween(Duration.ofMillis(60), Duration.ofMillis(70));
    }

    @Test
    void a_limit_that_is_set_while_the_job_runs_holds_from_the_next_batch_on() throws InterruptedException {
        store.answers(Optional.of(new BatchResult(at(500), 500, 500, false, Samples.limited(100, 2))))
                .answers(new Reservation(true, Duration.ZERO, Samples.UNLIMITED))
                .answers(Optional.of(new BatchResult(at(900), 400, 400, true, Samples.UNLIMITED)));
        run(Samples.claim());
        assertThat(store.asked().subList(0, 2)).containsExactly("batch [] 500", "reserve 5.0 0.0");
        // And one that is lifted holds no more.
        assertThat(store.asked().get(2)).startsWith("batch [500] ").isNotEqualTo("batch [500] 5");
    }

    @Test
    void a_slot_that_is_no_longer_wanted_gives_its_shard_back() throws InterruptedException {
        var unwanted = new SlotLimits(OptionalDouble.empty(), 9, Duration.ofMillis(100), false);
        store.answers(Optional.of(new BatchResult(at(500), 500, 500, false, unwanted)));
        assertThat(run(Samples.claim())).isEqualTo(new RunOutcome.GiveBack(RunOutcome.Reason.STOPPED, Duration.ZERO));
        assertThat(store.asked()).containsExactly("batch [] 500", "giveBack PT0S");
    }

    @Test
    void batches_aim_at_the_duration_of_the_last_answer() throws InterruptedException {
        var shorter = new SlotLimits(OptionalDouble.empty(), 1, Duration.ofMillis(10), true);
        store.answers(Optional.of(new BatchResult(at(500), 500, 500, false, shorter)))
                .answers(Optional.of(new BatchResult(at(600), 100, 100, true, shorter)));
        run(Samples.claim());
        // The fake takes 1 ms for anything: the size grew by half, and shrinks with the duration.
        assertThat(store.asked()).containsExactly("batch [] 500", "batch [500] 75");
    }
}
