package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.OptionalDouble;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One slot's rate, as the rests that it asks for. */
class SlotBudgetTest {

    @ParameterizedTest
    @CsvSource({"1000, 100, 3000", "50000, 5000, 700", "250, 25, 400", "3, 1, 40", "0.5, 1, 100"})
    void rests_add_up_to_rows_divided_by_rate(double rate, int batch, int batches) {
        var budget = new SlotBudget();
        var rest = Duration.ZERO;
        for (var i = 0; i < batches; i++) {
            // Nobody waits here: each rest includes the ones before.
            rest = budget.pay(batch, OptionalDouble.of(rate));
        }
        assertThat(rest.toNanos() / 1e9).isCloseTo(batch * (double) batches / rate, Percentage.withPercentage(3));
    }

    @Test
    void without_a_limit_there_is_no_rest() {
        assertThat(new SlotBudget().pay(1_000_000, OptionalDouble.empty())).isZero();
    }

    @Test
    void rows_that_were_not_changed_cost_nothing() {
        assertThat(new SlotBudget().pay(0, OptionalDouble.of(1))).isZero();
    }

    @Test
    void a_new_rate_holds_from_the_next_batch_on() {
        var budget = new SlotBudget();
        budget.pay(1_000, OptionalDouble.of(1));
        var rest = budget.pay(1_000, OptionalDouble.of(1_000));
        assertThat(rest.toNanos() / 1e9).isCloseTo(1.0, within(0.1));
    }
}
