package dev.backfleet.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.Grant;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.JobLoad;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job's limit, divided by the slots that work on it, and told when that changes. */
class SlotRatesTest {
    private final List<String> told = new ArrayList<>();
    private boolean kafkaAway;
    private final SlotRates rates = new SlotRates((job, rate) -> {
        if (kafkaAway) {
            throw new IllegalStateException("away");
        }
        told.add(job + ": " + (rate.isPresent() ? rate.getAsDouble() : "none"));
    });

    private static FleetLoad load(int slots, JobLoad... jobs) {
        return new FleetLoad(slots, List.of(jobs));
    }

    private static JobLoad job(int dispatched, int running, long limit) {
        return new JobLoad(1, 8, dispatched, running, true, limit);
    }

    @Test
    void the_limit_is_divided_by_the_slots_that_work_and_those_that_are_about_to() {
        rates.publish(load(8, job(1, 1, 1_000)), List.of(new Grant(1, 2)));
        assertThat(told).containsExactly("1: 250.0");
    }

    @Test
    void tasks_that_must_wait_for_a_slot_do_not_lower_the_rate() {
        rates.publish(load(4, job(2, 4, 1_000)), List.of());
        assertThat(told).containsExactly("1: 250.0");
        assertThat(SlotRates.rate(job(6, 8, 800), 4, 100)).isEqualTo(100.0);
    }

    @Test
    void the_same_rate_is_told_once() {
        rates.publish(load(8, job(0, 2, 1_000)), List.of());
        rates.publish(load(8, job(1, 1, 1_000)), List.of());
        rates.publish(load(8, job(0, 1, 1_000)), List.of());
        assertThat(told).containsExactly("1: 500.0", "1: 1000.0");
    }

    @Test
    void a_limit_that_is_lifted_is_told_and_a_job_without_one_is_not_spoken_of() {
        rates.publish(load(8, job(0, 1, 0)), List.of());
        rates.publish(load(8, job(0, 1, 1_000)), List.of());
        rates.publish(load(8, job(0, 1, 0)), List.of());
        rates.publish(load(8, job(0, 1, 0)), List.of());
        assertThat(told).containsExactly("1: 1000.0", "1: none");
    }

    @Test
    void what_could_not_be_told_is_told_in_the_next_round() {
        kafkaAway = true;
        rates.publish(load(8, job(0, 1, 1_000)), List.of());
        kafkaAway = false;
        rates.publish(load(8, job(0, 1, 1_000)), List.of());
        assertThat(told).containsExactly("1: 1000.0");
    }

    @Test
    void after_another_may_have_led_all_is_told_again() {
        rates.publish(load(8, job(0, 1, 1_000)), List.of());
        rates.forget();
        rates.publish(load(8, job(0, 1, 1_000)), List.of());
        assertThat(told).hasSize(2);
    }
}
