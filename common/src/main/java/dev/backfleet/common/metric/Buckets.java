package dev.backfleet.common.metric;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** The upper bounds of the buckets of each histogram. */
final class Buckets {
    private static final Duration[] BATCH = seconds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5);
    private static final Duration[] WAIT = seconds(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60);
    private static final Duration[] SLICE = seconds(0.1, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 600);
    // Few, since there are some twenty duties.
    private static final Duration[] DUTY = seconds(0.01, 0.1, 1, 5, 30, 300);

    // The target of a pause is two seconds.
    private static final Duration[] PAUSE = seconds(0.1, 0.25, 0.5, 1, 2, 5, 10, 60);

    private static final Map<Metric, Duration[]> BOUNDS = Map.of(
            WorkerMetric.BATCH_SECONDS, BATCH,
            WorkerMetric.TASK_WAIT, WAIT,
            WorkerMetric.SLICE, SLICE,
            CoordinatorMetric.DUTY_SECONDS, DUTY,
            CoordinatorMetric.PAUSE_QUIET, PAUSE);

    private Buckets() {}

    static Duration[] of(Metric metric) {
        return Optional.ofNullable(BOUNDS.get(metric))
                .orElseThrow(() -> new IllegalArgumentException(metric + " is no histogram"))
                .clone();
    }

    private static Duration[] seconds(double... bounds) {
        return DoubleStream.of(bounds)
                .mapToObj(bound -> Duration.ofMillis(Math.round(bound * 1000)))
                .toArray(Duration[]::new);
    }
}
