package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.PaceModel;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.RunSettings;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.Situation;
import dev.backfleet.worker.shard.SlotLimits;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The row by which all slots of the fleet keep one rate, on a real server. Limit: 95 rows per second at 0.95 of 100. */
@Tag("server")
class PaceClockTest {
    private final TestFleet fleet = TestFleet.open();
    private Claim claim;

    @BeforeEach
    void aJobWithALimit() throws SQLException {
        fleet.run("create table t (id integer primary key, n integer default 0)");
        fleet.run("insert into t select i from generate_series(1, 1000) i");
        claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{1000}");
        fleet.run("update backfleet.job set rate_limit = 100");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    private Reservation reserve(double rows, double debt) {
        return fleet.leases.reserve(claim, new Step.Reserve(rows, debt));
    }

    /** Seconds from now until the clock's time. */
    private double ahead() throws SQLException {
        return Double.parseDouble(
                fleet.ask("select extract(epoch from next_at - clock_timestamp()) from backfleet.pace"));
    }

    private void setAhead(String interval) throws SQLException {
        reserve(0, 0);
        fleet.run("update backfleet.pace set next_at = clock_timestamp() + interval '" + interval + "'");
    }

    @Test
    void the_first_to_ask_begins_at_once_and_the_next_when_its_rows_are_paid_for() {
        var first = reserve(10, 0);
        var second = reserve(5, 0);
        assertThat(first.granted()).isTrue();
        assertThat(first.delay()).isZero();
        assertThat(second.granted()).isTrue();
        assertThat(second.delay()).isPositive().isLessThanOrEqualTo(Duration.ofMillis(106));
    }

    @Test
    void thousands_of_batches_that_change_nothing_reserve_next_to_nothing_and_never_too_little_to_be_a_number() {
        var settings = new RunSettings(Duration.ofHours(1), Duration.ofHours(1), 4, Duration.ofSeconds(1));
        var slotLimits = new SlotLimits(OptionalDouble.of(100), 1, Duration.ofMillis(100), true);
        var limited = new Claim(
                claim.shard(),
                1,
                Cursor.START,
                false,
                claim.relation(),
                claim.definition(),
                slotLimits,
                claim.rowTimeout(),
                claim.origin());
        var run = new ShardStateMachine(
                limited,
                settings,
                BatchSizer.starting(Duration.ofMillis(100), 10),
                failures -> Duration.ZERO,
                Duration.ZERO);
        var now = new Situation(Duration.ofMinutes(1), true, false);
        for (var batch = 0; batch < 5_000; batch++) {
            run.reserved((Step.Reserve) run.next(now), new Reservation(true, Duration.ZERO, slotLimits), now.now());
            run.next(now);
            run.committed(
                    new BatchResult(new Cursor(List.of("1")), 10, 0, false, slotLimits), Duration.ofMillis(1), now);
        }
        var last = (Step.Reserve) run.next(now);
        assertThat(last.rows()).isPositive().isLessThan(0.1);
        assertThat(reserve(last.rows(), last.debt()).granted()).isTrue();
        fleet.leases.settle(claim, -last.rows());
    }

    @Test
    void every_row_moves_the_clock_by_its_time() throws SQLException {
        setAhead("200 ms");
        var before = clock();
        reserve(19, 0);
        assertThat(clock() - before).isCloseTo(0.2, within(1e-5));
    }

    @Test
    void a_debt_advances_it_and_a_refund_moves_it_back() throws SQLException {
        setAhead("200 ms");
        var before = clock();
        reserve(0, 9.5);
        assertThat(clock() - before).isCloseTo(0.1, within(1e-5));
        fleet.leases.settle(claim, -4.75);
        assertThat(clock() - before).isCloseTo(0.05, within(1e-5));
        fleet.leases.settle(claim, 9.5);
        assertThat(clock() - before).isCloseTo(0.15, within(1e-5));
    }

    private double clock() throws SQLException {
        return Double.parseDouble(fleet.ask("select extract(epoch from next_at) from backfleet.pace"));
    }

    @Test
    void the_clock_of_the_simulations_moves_as_the_row_does() throws SQLException {
        var random = new Random(7);
        for (var i = 0; i < 50; i++) {
            // Far enough from the present that the time which passes meanwhile makes no difference.
            setAhead("200 ms");
            var before = clock();
            var model = new PaceModel(100, 0.2);
            var request = new Step.Reserve(random.nextInt(20), random.nextInt(20) - 10);
            model.reserve(0, request, claim.limits());
            reserve(request.rows(), request.debt());
            var settled = random.nextInt(20) - 10;
            model.settle(0, settled);
            fleet.leases.settle(claim, settled);
            assertThat(clock() - before)
                    .as("%s, then %d", request, settled)
                    .isCloseTo(model.next() - 0.2, within(1e-5));
        }
    }

    @Test
    void nothing_is_reserved_far_ahead_so_that_a_new_rate_holds_soon() throws SQLException {
        setAhead("3 s");
        var before = clock();
        var refused = reserve(1, 0);
        assertThat(refused.granted()).isFalse();
        assertThat(refused.delay()).isEqualTo(Duration.ofMillis(250));
        assertThat(clock()).isEqualTo(before);
    }

    @Test
    void unused_time_is_not_saved_up() throws SQLException {
        setAhead("-1 hour");
        reserve(9.5, -50);
        assertThat(ahead()).isPositive().isLessThanOrEqualTo(0.1);
    }

    @Test
    void a_clock_that_was_left_behind_by_a_server_whose_time_was_set_back_does_not_stop_the_job() throws SQLException {
        setAhead("1 hour");
        assertThat(reserve(1, 0).granted()).isTrue();
        assertThat(ahead()).isLessThan(1);
    }

    @Test
    void a_clock_that_a_crash_has_emptied_is_wound_up_again() throws SQLException {
        reserve(1, 0);
        fleet.run("truncate backfleet.pace");
        assertThat(reserve(1, 0).granted()).isTrue();
        assertThat(fleet.ask("select count(*) from backfleet.pace")).isEqualTo("1");
    }

    @Test
    void a_job_without_a_limit_draws_on_no_clock() throws SQLException {
        fleet.run("update backfleet.job set rate_limit = null");
        var answer = reserve(1, 0);
        assertThat(answer.limits().limited()).isFalse();
        assertThat(answer.delay()).isZero();
    }

    @Test
    void a_job_without_a_limit_that_is_held_back_has_a_rate_and_learns_of_it_with_a_batch() throws SQLException {
        fleet.run("update backfleet.job set rate_limit = null");
        assertThat(batch().limits().limited()).isFalse();
        fleet.run("update backfleet.job set factor = 0.25, full_rows = 400, full_slots = 2");
        assertThat(batch().limits().rowsPerSecond()).hasValue(100);
        var before = reserve(10, 0);
        assertThat(before.granted()).isTrue();
        assertThat(reserve(10, 0).delay()).isPositive();
        fleet.run("update backfleet.job set factor = 1");
        assertThat(reserve(10, 0).limits().limited()).isFalse();
    }

    @Test
    void a_job_that_is_stopped_wants_no_slot_and_grants_no_row_and_no_shard_is_claimed() throws SQLException {
        fleet.run("update backfleet.job set factor = 0, full_rows = 400, full_slots = 2");
        assertThat(batch().limits().wanted()).isFalse();
        var answer = reserve(10, 0);
        assertThat(answer.granted()).isFalse();
        assertThat(answer.limits().wanted()).isFalse();
        // What is settled late does no harm.
        fleet.leases.settle(claim, 5);
        var task = fleet.shard(claim.shard().job(), claim.relation(), null, "{1000}");
        assertThat(fleet.leases.claim(task)).isEmpty();
        fleet.run("update backfleet.shard set state = 'PENDING', worker = null, lease_until = null where number = 1");
        assertThat(fleet.leases.claim(task)).isEmpty();
        fleet.run("update backfleet.job set factor = 0.05");
        assertThat(fleet.leases.claim(task)).isPresent();
    }

    @Test
    void the_lower_of_the_limits_in_rows_and_in_wal_counts() throws SQLException {
        assertThat(reserve(1, 0).limits().rowsPerSecond()).hasValue(100);
        fleet.run("update backfleet.job set wal_limit = 1000, wal_rows = 12.5");
        assertThat(reserve(1, 0).limits().rowsPerSecond()).hasValue(12.5);
        fleet.run("update backfleet.job set rate_limit = null");
        assertThat(reserve(1, 0).limits().rowsPerSecond()).hasValue(12.5);
    }

    @Test
    void a_batch_says_what_holds_for_the_next_one() throws SQLException {
        fleet.run("update backfleet.job set batch_seconds = 0.02");
        var limits = batch().limits();
        assertThat(limits.rowsPerSecond()).isEqualTo(OptionalDouble.of(100));
        assertThat(limits.batchDuration()).isEqualTo(Duration.ofMillis(20));
        assertThat(limits.slots()).isEqualTo(1);
        assertThat(limits.wanted()).isTrue();
    }

    private BatchResult batch() throws SQLException {
        var cursor = fleet.ask("select cursor[1] from backfleet.shard where number = 1");
        var from = cursor.equals("null") ? claim.cursor() : new dev.backfleet.common.job.Cursor(List.of(cursor));
        return fleet.ranges.batch(claim, new Step.Batch(from, 1)).orElseThrow();
    }

    @Test
    void of_more_slots_than_the_job_may_use_now_the_last_ones_are_not_wanted() throws SQLException {
        var claims = new ArrayList<Claim>(List.of(claim));
        for (var i = 0; i < 2; i++) {
            Task task = fleet.shard(claim.shard().job(), claim.relation(), "{1000}", "{2000}");
            claims.add(fleet.leases.claim(task).orElseThrow());
        }
        assertThat(claims.get(2).limits().slots()).isEqualTo(3);
        fleet.run("update backfleet.job set concurrency = 2");
        assertThat(claims.stream().map(each -> fleet.leases
                        .reserve(each, new Step.Reserve(1, 0))
                        .limits()
                        .wanted()))
                .containsExactly(true, true, false);
    }

    @Test
    void a_low_limit_is_shared_by_no_more_slots_than_it_has_tens_of_rows() throws SQLException {
        fleet.run("update backfleet.job set rate_limit = 29");
        var second = fleet.shard(claim.shard().job(), claim.relation(), "{1000}", "{2000}");
        var third = fleet.shard(claim.shard().job(), claim.relation(), "{2000}", "{3000}");
        assertThat(fleet.leases.claim(second)).isPresent();
        assertThat(fleet.leases.claim(third)).isEmpty();
    }

    @Test
    void outside_of_the_time_window_no_slot_is_wanted_and_no_shard_can_be_claimed() throws SQLException {
        fleet.run("update backfleet.job set work_window = '{}', opens_at = now() + interval '1 h', "
                + "closes_at = now() + interval '2 h'");
        assertThat(batch().limits().wanted()).isFalse();
        assertThat(reserve(1, 0).granted()).isFalse();
        var task = fleet.shard(claim.shard().job(), claim.relation(), "{1000}", "{2000}");
        assertThat(fleet.leases.claim(task)).isEmpty();
        fleet.run("update backfleet.job set opens_at = now() - interval '1 h'");
        assertThat(batch().limits().wanted()).isTrue();
        assertThat(fleet.leases.claim(task)).isPresent();
    }
}
