package dev.backfleet.coordinator.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of its speed a job may use, look by look. */
class ThrottlePolicyTest {

    private static ThrottlePolicy after(ThrottlePolicy brake, double... values) {
        var now = brake;
        for (var value : values) {
            now = now.next(Readings.of(value));
        }
        return now;
    }

    @Test
    void nothing_holds_a_job_back_while_all_is_well() {
        var brake = after(ThrottlePolicy.OFF, 0, 3, 9, 7);
        assertThat(brake.factor()).isEqualTo(1);
        assertThat(brake.holding()).isEmpty();
    }

    @Test
    void above_the_soft_threshold_the_factor_shrinks_in_proportion() {
        var brake = new ThrottlePolicy(1, 1.25, 0, 0, ThrottlePolicy.Shrunk.NEVER, Optional.empty())
                .next(Readings.of(12.5));
        assertThat(brake.factor()).isEqualTo(0.8);
        assertThat(brake.holding().orElseThrow().sample().signal()).isEqualTo("probe-latency");
    }

    @Test
    void a_soft_threshold_never_stops_a_job() {
        assertThat(ThrottlePolicy.OFF.next(Readings.of(29)).factor()).isGreaterThanOrEqualTo(0.5);
        var brake = ThrottlePolicy.OFF;
        for (var i = 0; i < 100; i++) {
            brake = after(brake, 29);
        }
        assertThat(brake.factor()).isEqualTo(0.05);
    }

    @Test
    void a_job_stops_when_the_hard_threshold_is_seen_twice_and_not_before() {
        var once = after(ThrottlePolicy.OFF, 31);
        assertThat(once.factor()).isEqualTo(0.5);
        assertThat(after(once, 5).factor()).isEqualTo(0.5);
        assertThat(after(once, 31).factor()).isZero();
        assertThat(after(once, 5, 31).factor()).isNotZero();
    }

    @Test
    void a_suspended_job_restarts_small_after_four_rounds_below_the_soft_threshold_and_grows_slowly() {
        var stopped = after(ThrottlePolicy.OFF, 31, 31);
        assertThat(after(stopped, 1, 1, 1).factor()).isZero();
        assertThat(after(stopped, 1, 11, 1, 1, 1).factor()).isZero();
        assertThat(after(stopped, 1, 1, 1, 1).factor()).isEqualTo(0.05);
        var brake = after(stopped, 1, 1, 1, 1);
        var looks = 0;
        while (brake.factor() < 1) {
            var before = brake.factor();
            brake = after(brake, 1);
            assertThat(brake.factor() - before).isLessThanOrEqualTo(0.05 + 1e-9);
            looks++;
        }
        assertThat(looks).isBetween(19, 25);
    }

    @Test
    void the_nearer_to_the_soft_threshold_the_slower_it_grows() {
        var far = after(ThrottlePolicy.at(0.3), 2, 2, 2, 2);
        assertThat(far.factor()).isEqualTo(0.35);
        var near = after(ThrottlePolicy.at(0.3), 9.5, 9.5, 9.5, 9.5);
        assertThat(near.factor()).isGreaterThan(0.3).isLessThan(0.33);
        assertThat(after(ThrottlePolicy.at(0.3), 11, 9, 9, 9).factor()).isEqualTo(0.3);
    }

    @Test
    void what_became_of_a_shrinking_is_waited_for() {
        var shrunk = after(ThrottlePolicy.at(0.8), 20);
        assertThat(shrunk.factor()).isLessThan(0.8);
        assertThat(after(shrunk, 14, 14, 14, 14, 14).factor()).isEqualTo(shrunk.factor());
        assertThat(after(shrunk, 14, 14, 14, 14, 14, 14).factor()).isLessThan(shrunk.factor());
    }

    @Test
    void a_signal_that_grows_worse_is_believed_once() {
        var shrunk = after(ThrottlePolicy.at(0.8), 16);
        assertThat(shrunk.factor()).isEqualTo(0.667);
        assertThat(after(shrunk, 16).factor()).isLessThan(0.667);
        assertThat(after(shrunk, 29, 29, 29).factor()).as("half, as at once").isEqualTo(0.4);
    }

    @Test
    void a_fast_signal_that_lasts_long_does_not_take_the_factor_to_zero() {
        settlesAtHalf(recent -> 20 * Collections.max(recent));
    }

    /** Such as the application's p99 of its last five seconds, which tells late what a job does. */
    @Test
    void a_signal_that_tells_more_and_more_does_not_bring_a_job_down() {
        settlesAtHalf(recent ->
                20 * recent.stream().mapToDouble(factor -> factor).average().orElseThrow());
    }

    private static void settlesAtHalf(ToDoubleFunction<Collection<Double>> ofFiveSeconds) {
        var brake = ThrottlePolicy.OFF;
        var recent = new ArrayDeque<>(Collections.nCopies(5, 0.0));
        var least = 1.0;
        double sum = 0;
        for (var look = 0; look < 300; look++) {
            recent.removeFirst();
            recent.addLast(brake.factor());
            brake = brake.next(Readings.of(ofFiveSeconds.applyAsDouble(recent)));
            least = Math.min(least, brake.factor());
            sum += look < 100 ? 0 : brake.factor();
        }
        assertThat(least).isGreaterThan(0.25);
        assertThat(sum / 200).isBetween(0.4, 0.52);
    }

    @Test
    void the_worst_signal_decides_and_is_named() {
        var brake = ThrottlePolicy.OFF;
        for (var i = 0; i < 3; i++) {
            brake = brake.next(
                    List.of(Readings.reading(Signal.WAL_RATE, 12), Readings.reading(Signal.REPLICATION_LAG, 20)));
        }
        assertThat(brake.holding().orElseThrow().sample().signal()).isEqualTo("replication-lag");
        // A hard threshold counts for more than any distance from a soft one.
        var hard = new Reading(Sample.of(Signal.LOCK_QUEUE, 1), new Thresholds(1, 1), Duration.ZERO);
        brake = brake.next(List.of(Readings.reading(Signal.WAL_RATE, 29), hard));
        assertThat(brake.holding().orElseThrow().sample().signal()).isEqualTo("lock-queue");
    }

    @Test
    void what_cannot_be_read_holds_the_job_back_and_stops_it_after_fifteen_seconds() {
        var brake = ThrottlePolicy.OFF;
        for (var second = 0; second < 15; second++) {
            brake = brake.next(Readings.unread(Duration.ofSeconds(second)));
            assertThat(brake.factor()).isLessThan(1).isNotZero();
        }
        brake = brake.next(Readings.unread(Duration.ofSeconds(15)));
        brake = brake.next(Readings.unread(Duration.ofSeconds(16)));
        assertThat(brake.factor()).isZero();
    }

    /** The signal follows the factor, with noise of half the soft threshold up and down. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_noisy_signal_does_not_make_the_factor_swing(long seed) {
        var noise = new Random(seed);
        DoubleUnaryOperator signal = factor -> Math.max(0, 14 * factor + 5 * (2 * noise.nextDouble() - 1));
        var swings = swings(signal, ThrottlePolicy::factor);
        assertThat(swings.turns()).as("seed %d", seed).isLessThan(300);
        assertThat(swings.average()).as("seed %d", seed).isBetween(0.3, 0.9);
        // Without hysteresis it turns with every other look.
        var naive = new double[] {1};
        var turns = 0;
        var direction = 0;
        for (var look = 0; look < 2_000; look++) {
            var before = naive[0];
            naive[0] = signal.applyAsDouble(before) > 10 ? before * 0.9 : Math.min(1, before + 0.05);
            var now = (int) Math.signum(naive[0] - before);
            turns += now != 0 && direction != 0 && now != direction ? 1 : 0;
            direction = now == 0 ? direction : now;
        }
        assertThat(turns).isGreaterThan(2 * swings.turns());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noise_below_the_soft_threshold_never_holds_a_job_back(long seed) {
        var noise = new Random(seed);
        assertThat(swings(factor -> 9.9 * noise.nextDouble(), ThrottlePolicy::factor)
                        .average())
                .isEqualTo(1);
    }

    private static Swings swings(DoubleUnaryOperator signal, ToDoubleFunction<ThrottlePolicy> measured) {
        var brake = ThrottlePolicy.OFF;
        var turns = 0;
        var direction = 0;
        double sum = 0;
        for (var look = 0; look < 2_000; look++) {
            var before = measured.applyAsDouble(brake);
            brake = brake.next(Readings.of(signal.applyAsDouble(before)));
            var now = (int) Math.signum(measured.applyAsDouble(brake) - before);
            turns += now != 0 && direction != 0 && now != direction ? 1 : 0;
            direction = now == 0 ? direction : now;
            sum += measured.applyAsDouble(brake);
        }
        return new Swings(turns, sum / 2_000);
    }

    private record Swings(int turns, double average) {}
}
