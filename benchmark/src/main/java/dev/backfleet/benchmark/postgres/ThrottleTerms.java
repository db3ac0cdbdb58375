package dev.backfleet.benchmark.postgres;

import java.util.Locale;

/** The throttle of a job's spec, as a line of YAML. */
public final class ThrottleTerms {
    /** Well above what is healthy: the job stops. */
    private static final int HARD = 10;

    private ThrottleTerms() {}

    /** Nothing holds the job back. */
    public static String none() {
        return "throttle: none\n";
    }

    /**
     * The application's slowdown, as {@link HealthReport} stores it, throttles the job, in addition to the default
     * signals.
     */
    public static String healthyUpTo(double slowdown) {
        return String.format(
                Locale.ROOT,
                "throttle: { sql: [{ name: slowdown, query: \"%s\", soft: %.2f, hard: %.2f }] }%n",
                HealthReport.QUERY,
                slowdown,
                slowdown * HARD);
    }
}
