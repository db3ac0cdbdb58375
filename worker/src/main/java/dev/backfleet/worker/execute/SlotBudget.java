package dev.backfleet.worker.execute;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one slot's rate in units of rows: permits come in small portions every few milliseconds, so that no sliding
 * second sees two seconds' worth, and a batch is paid for after it was committed, when its true size is known.
 */
public final class SlotBudget implements RowBudget {
    private static final double REFRESH_SECONDS = 0.02;
    private static final Duration PATIENCE = Duration.ofHours(24);

    private double rate;
    private @Nullable RateLimiter limiter;

    @Override
    public Duration pay(long rows, OptionalDouble rowsPerSecond) {
        if (rowsPerSecond.isEmpty()) {
            limiter = null;
            return Duration.ZERO;
        }
        if (rows <= 0) {
            return Duration.ZERO;
        }
        var permits = (int) Math.min(rows, Integer.MAX_VALUE);
        var nanos = limiter(rowsPerSecond.getAsDouble()).reservePermission(permits);
        return nanos < 0 ? PATIENCE : Duration.ofNanos(nanos);
    }

    private RateLimiter limiter(double rowsPerSecond) {
        var current = limiter;
        if (current == null || rate != rowsPerSecond) {
            rate = rowsPerSecond;
            current = RateLimiter.of("slot", config(rowsPerSecond));
            limiter = current;
        }
        return current;
    }

    // Slow rates are one row per longer period: a portion is never less than a row.
    private static RateLimiterConfig config(double rowsPerSecond) {
        var portion = (int) Math.max(1, Math.min(Integer.MAX_VALUE, rowsPerSecond * REFRESH_SECONDS));
        return RateLimiterConfig.custom()
                .limitForPeriod(portion)
                .limitRefreshPeriod(Duration.ofNanos((long) (portion / rowsPerSecond * 1_000_000_000L)))
                .timeoutDuration(PATIENCE)
                .build();
    }
}
