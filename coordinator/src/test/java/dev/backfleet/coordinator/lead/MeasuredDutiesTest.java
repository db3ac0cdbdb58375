package dev.backfleet.coordinator.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.LostClasses;
import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.DutyName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The figures of duties, by a clock that the test holds. */
class MeasuredDutiesTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Duration now = Duration.ZERO;
    private final CompletableFuture<Void> process = new CompletableFuture<>();
    private final MeasuredDuties duties = new MeasuredDuties(registry, () -> now, LostClasses.ending(process));

    private void takes(long millis) {
        now = now.plusMillis(millis);
    }

    private double seconds(String duty) {
        return registry.get(CoordinatorMetric.DUTY_SECONDS.meter())
                .tag("duty", duty)
                .timer()
                .totalTime(TimeUnit.SECONDS);
    }

    private long runs(String duty) {
        return registry.get(CoordinatorMetric.DUTY_SECONDS.meter())
                .tag("duty", duty)
                .timer()
                .count();
    }

    private double failures(String duty) {
        return registry.get(CoordinatorMetric.DUTY_FAILURES.meter())
                .tag("duty", duty)
                .counter()
                .count();
    }

    @Test
    void each_duty_has_a_duration_of_its_own() {
        duties.run(DutyName.PLAN, () -> takes(1_500));
        duties.run(DutyName.PLAN, () -> takes(500));
        duties.run(DutyName.REAP, () -> takes(10));
        assertThat(seconds("plan")).isEqualTo(2);
        assertThat(runs("plan")).isEqualTo(2);
        assertThat(seconds("reap")).isEqualTo(0.01);
    }

    @Test
    void a_process_that_cannot_load_its_classes_ends_and_no_other_failure_ends_it() {
        duties.run(DutyName.PLAN, () -> {
            throw new AssertionError("no", new IllegalStateException("no"));
        });
        assertThat(process).isNotDone();
        duties.run(DutyName.PLAN, () -> {
            throw new IllegalStateException(new NoClassDefFoundError("dev/backfleet/Gone"));
        });
        assertThat(process)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(ExplainedFailure.class)
                .withMessageContaining("java.lang.NoClassDefFoundError: dev/backfleet/Gone")
                .withMessageContaining("start it again");
        assertThat(failures("plan")).isEqualTo(2);
    }

    @Test
    void a_failure_is_counted_for_its_duty_alone_and_its_duration_is_measured_too() {
        duties.run(DutyName.REAP, () -> {});
        duties.run(DutyName.PLAN, () -> {
            takes(3_000);
            throw new IllegalStateException("no");
        });
        duties.run(DutyName.PLAN, () -> {
            throw new AssertionError("no");
        });
        assertThat(failures("plan")).isEqualTo(2);
        assertThat(failures("reap")).isZero();
        assertThat(seconds("plan")).isEqualTo(3);
        assertThat(runs("plan")).isEqualTo(2);
    }
}
