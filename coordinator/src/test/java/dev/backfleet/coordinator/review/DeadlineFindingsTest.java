package dev.backfleet.coordinator.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.forecast.Forecast;
import dev.backfleet.coordinator.forecast.Forecast.Bytes;
import dev.backfleet.coordinator.forecast.Forecast.Span;
import dev.backfleet.coordinator.forecast.Forecast.Speed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A deadline that has passed, or that the forecast misses, is a finding. */
class DeadlineFindingsTest {
    private static final Instant NOW = Instant.parse("2026-12-24T05:00:00Z");

    private static Optional<Instant> in(int minutes) {
        return Optional.of(NOW.plusSeconds(minutes * 60L));
    }

    private static Forecast forecast(int minutes, @Nullable Integer limited) {
        return new Forecast(
                1_000,
                speed(minutes),
                limited == null ? null : speed(limited),
                new Span(Duration.ZERO, Duration.ZERO),
                new Bytes(0, 0),
                0,
                0,
                List.of());
    }

    private static Speed speed(int minutes) {
        return new Speed(1, 2, Duration.ofMinutes(minutes), Duration.ofMinutes(2L * minutes));
    }

    @Test
    void one_that_has_passed() {
        assertThat(DeadlineFindings.passed(Optional.empty(), NOW)).isEmpty();
        assertThat(DeadlineFindings.passed(in(1), NOW)).isEmpty();
        assertThat(DeadlineFindings.passed(in(-60), NOW))
                .map(Finding::message)
                .contains("the deadline has passed: 2026-12-24 04:00:00 UTC (1h 00m ago)");
    }

    @Test
    void one_that_the_shortest_duration_misses_within_the_limits() {
        assertThat(DeadlineFindings.missed(in(10), NOW, forecast(10, null))).isEmpty();
        assertThat(DeadlineFindings.missed(in(10), NOW, forecast(11, null)))
                .map(Finding::message)
                .contains("the job would miss its deadline 2026-12-24 05:10:00 UTC by at least 1m 00s");
        assertThat(DeadlineFindings.missed(in(10), NOW, forecast(5, 15)))
                .map(Finding::remedy)
                .contains("write a later one, or a higher limit");
        assertThat(DeadlineFindings.missed(in(-10), NOW, forecast(5, null)))
                .as("it has passed")
                .isEmpty();
    }
}
