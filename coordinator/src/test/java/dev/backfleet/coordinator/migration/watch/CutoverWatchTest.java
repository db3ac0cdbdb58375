package dev.backfleet.coordinator.migration.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.Measure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the watch over a cutover concludes from its looks. */
class CutoverWatchTest {

    @Test
    void two_looks_in_a_row_at_the_hard_threshold_take_reads_back_and_one_does_not() {
        var looks = Looks.ofLatency("1.5x/3x").see(0.25, 0.25).switched(10).see(0.25, 0.8);
        assertThat(looks.level()).isEqualTo(SignalLevel.HARD);
        assertThat(looks.takesBack()).as("one look").isFalse();
        assertThat(looks.see(0.25, 0.8).takesBack())
                .as("two looks, not in a row")
                .isFalse();
        assertThat(looks.see(0.75).takesBack()).as("the threshold itself").isTrue();
        assertThat(looks.signal().words())
                .isEqualTo("application-latency is 750ms, at its hard threshold 750ms, with a baseline of 250ms");
    }

    @Test
    void above_the_soft_threshold_no_step_is_taken_and_nothing_is_taken_back() {
        var looks = Looks.ofLatency("1.5x/3x").see(0.1).switched(10).see(0.1, 0.1);
        assertThat(looks.permitsStep()).isTrue();
        assertThat(looks.see(0.2).permitsStep()).isFalse();
        for (var i = 0; i < 100; i++) {
            looks.see(0.29);
        }
        assertThat(looks.level()).isEqualTo(SignalLevel.SOFT);
        assertThat(looks.takesBack()).isFalse();
        assertThat(looks.see(0.15).permitsStep()).as("calm in one look").isFalse();
        assertThat(looks.see(0.15).permitsStep()).isTrue();
    }

    @Test
    void a_signal_that_cannot_be_read_permits_no_step_and_takes_nothing_back() {
        var looks = Looks.ofLatency("1.5x/3x").see(0.1).switched(10).see(0.1, 0.1);
        for (var i = 0; i < 100; i++) {
            assertThat(looks.blind().takesBack()).isFalse();
            assertThat(looks.permitsStep()).isFalse();
        }
        assertThat(looks.level()).isEqualTo(SignalLevel.UNREADABLE);
        assertThat(looks.signal().note()).isEqualTo("it took longer than a second");
        assertThat(looks.absent().takesBack()).isFalse();
        assertThat(looks.level()).as("a signal that the server does not have").isEqualTo(SignalLevel.UNREADABLE);
    }

    @Test
    void blindness_between_two_looks_does_not_forgive_the_first_one_unless_it_was_long_ago() {
        assertThat(Looks.ofLatency("1.5x/3x")
                        .see(0.1)
                        .switched(10)
                        .see(0.9)
                        .blind()
                        .see(0.9)
                        .takesBack())
                .isTrue();
        assertThat(Looks.ofLatency("1.5x/3x")
                        .see(0.1)
                        .switched(10)
                        .see(0.9)
                        .later(Duration.ofMinutes(1))
                        .see(0.9)
                        .takesBack())
                .as("nobody has looked for a minute")
                .isFalse();
    }

    @Test
    void a_look_that_has_read_nothing_decides_nothing_whatever_others_have_counted() {
        var looks = Looks.ofLatency("1.5x/3x").see(0.1).switched(10).see(0.9, 0.9);
        assertThat(looks.blind().takesBack()).isFalse();
        assertThat(looks.see(0.9).takesBack()).isTrue();
    }

    @Test
    void the_baseline_is_that_of_the_soak_time_before_the_step() {
        var looks = Looks.ofLatency("1.5x/3x").see(0.1, 0.1, 0.1).switched(10);
        looks.see(0.25, 0.25, 0.25);
        assertThat(looks.baseline()).as("not that of after the step").isEqualTo(0.1);
        looks.switched(50).see(0.5);
        assertThat(looks.baseline()).as("of the step before").isEqualTo(0.25);
        looks.switchedTo("7").see(0.4);
        assertThat(looks.baseline()).as("a tenant by name is a step as well").isEqualTo(0.5);
    }

    @Test
    void a_look_before_a_step_does_not_count_against_it() {
        var looks = Looks.ofLatency("100ms/200ms").see(0.05).switched(10).see(0.5);
        assertThat(looks.switched(50).see(0.5).takesBack()).isFalse();
        assertThat(looks.see(0.5).takesBack()).isTrue();
    }

    @Test
    void taking_a_part_back_is_no_step_and_taking_all_back_begins_anew() {
        var looks = Looks.ofLatency("1.5x/3x")
                .see(0.1)
                .switched(50)
                .switchedTo("7", "8")
                .see(0.2, 0.2);
        looks.switchedTo("7").see(0.25);
        assertThat(looks.baseline())
                .as("a tenant was taken back: what was bad is no baseline")
                .isEqualTo(0.1);
        looks.switched(20).see(0.25);
        assertThat(looks.baseline()).as("nor a smaller share").isEqualTo(0.1);

        looks.switched(0).see(0.1);
        assertThat(looks.baseline()).isNull();
        assertThat(looks.takesBack()).isFalse();
        assertThat(looks.switched(10).see(0.1).baseline()).isEqualTo(0.1);
    }

    @Test
    void a_disturbance_in_the_soak_time_moves_no_baseline_and_what_is_older_is_forgotten() {
        var looks = Looks.ofLatency("1.5x/3x");
        for (var i = 0; i < 400; i++) {
            looks.see(9);
        }
        for (var i = 0; i < 200; i++) {
            looks.see(i % 50 < 4 ? 2 : 0.1);
        }
        assertThat(looks.switched(10).see(0.1).baseline()).isEqualTo(0.1);
        assertThat(looks.signal().soak().parts()).hasSizeLessThan(60);
    }

    @Test
    void a_coordinator_that_takes_over_goes_on_with_the_same_baseline_and_the_look_before() {
        var looks = Looks.ofLatency("1.5x/3x")
                .see(0.1, 0.12)
                .takenOver()
                .switched(10)
                .see(0.1, 0.9);
        assertThat(looks.takenOver().see(0.9).takesBack()).isTrue();
        assertThat(looks.baseline()).isEqualTo(0.11);
    }

    @Test
    void without_a_baseline_a_multiple_says_nothing_and_a_value_does() {
        var multiple = Looks.ofLatency("1.5x/3x").switched(10).see(9, 9, 9);
        assertThat(multiple.takesBack()).isFalse();
        assertThat(multiple.level()).isEqualTo(SignalLevel.UNREADABLE);
        assertThat(multiple.signal().note()).startsWith("its baseline is not known");
        assertThat(multiple.switched(50).see(9, 9).permitsStep())
                .as("the step before is one")
                .isTrue();

        assertThat(Looks.ofLatency("100ms/500ms").switched(10).see(0.5, 0.5).takesBack())
                .isTrue();
    }

    @Test
    void a_baseline_of_nearly_nothing_counts_as_a_little_and_one_of_zero_says_nothing() {
        var ratio = new Looks("1.5x/3x", Measure.PERCENT).see(0).switched(10).see(1.5, 1.5);
        assertThat(ratio.level()).as("1.5 times 1%").isEqualTo(SignalLevel.CALM);
        assertThat(ratio.see(3, 3).takesBack()).isTrue();

        var number = new Looks("1.5x/3x", Measure.NUMBER).see(0).switched(10).see(5, 5, 5);
        assertThat(number.takesBack()).isFalse();
        assertThat(number.signal().note()).contains("write absolute thresholds");

        var idle = Looks.ofLatency("1.5x/3x").see(0, 0, 0, 0.1, 0).switched(10).see(0.1);
        assertThat(idle.baseline()).as("a duration of zero is none").isEqualTo(0.1);
    }

    @Test
    void any_wrong_row_takes_reads_back_where_the_file_says_so() {
        var drift = new Looks("0/1", Measure.NUMBER).see(0).switched(10).see(0);
        assertThat(drift.level()).isEqualTo(SignalLevel.CALM);
        assertThat(drift.see(1, 1).takesBack()).isTrue();
    }

    @Test
    void while_nobody_reads_the_new_shape_nothing_is_taken_back() {
        var looks = Looks.ofLatency("10ms/20ms").see(9, 9, 9);
        assertThat(looks.takesBack()).isFalse();
        assertThat(looks.level()).as("but it is said").isEqualTo(SignalLevel.HARD);
        assertThat(looks.switched(10).see(9).takesBack())
                .as("what was before the step does not count against it")
                .isFalse();
        assertThat(looks.see(9).takesBack()).isTrue();
        assertThat(Looks.ofLatency("10ms/20s").see(9).level()).isEqualTo(SignalLevel.SOFT);
        assertThat(Looks.ofLatency("1.5x/3x").see(0.1, 9).level())
                .as("there is no step to compare with")
                .isEqualTo(SignalLevel.CALM);
    }

    // The rule in its plainest form, over all that was seen since the step, on random values.
    @Test
    void on_random_signals_reads_are_taken_back_exactly_when_the_rule_says_so() {
        for (var seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var before = random.doubles(1 + random.nextInt(30), 0.05, 0.2).toArray();
            var looks = Looks.ofLatency("1.5x/3x").see(before).switched(20);
            var soaked = before.clone();
            var seen = new ArrayList<Double>();
            for (var i = 0; i < 30 && !looks.takesBack(); i++) {
                var value = random.nextInt(4) == 0 ? null : Double.valueOf(0.05 + random.nextDouble() * 0.5);
                if (value == null) {
                    looks.blind();
                } else {
                    looks.see(value);
                }
                seen.add(value == null ? Double.NaN : value);
                if (random.nextInt(5) == 0) {
                    looks.takenOver();
                }
                assertThat(looks.takesBack())
                        .as("seed " + seed + ", " + Arrays.toString(before) + ", " + seen)
                        .isEqualTo(expected(median(soaked) * 3, seen));
            }
        }
    }

    // Ten looks, which is as long as a look is remembered.
    private static boolean expected(double hard, List<Double> seen) {
        var strikes = 0;
        var silent = 0;
        for (var value : seen) {
            if (value.isNaN()) {
                silent++;
                continue;
            }
            strikes = value < hard ? 0 : silent >= 10 ? 1 : strikes + 1;
            silent = 0;
            if (strikes == 2) {
                return true;
            }
        }
        return false;
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
