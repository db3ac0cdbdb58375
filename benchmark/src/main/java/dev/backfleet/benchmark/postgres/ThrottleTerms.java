package dev.backfleet.benchmark.postgres;

import java.util.Locale;

/** What a job's spec says of the throttle, as a line of YAML. */
public final class ThrottleTerms {
    /** Well above what is healthy: the job stops. */
    private static final int HARD = 10;

    private ThrottleTerms() {}

    /** Nothing holds the job back. */
    public static String none() {
        return "throttle: none\n";
    }

    /** The application's own word, as {@link HealthReport} has it, holds the job back, and what a coordinator looks at by default. */
    public static String healthyUpTo(double slowdown) {
        return String.format(
                Locale.ROOT,
                "throttle: { sql: [{ name: slowdown, query: \"%s\", soft: %.2f, hard: %.2f }] }%n",
                HealthReport.QUERY,
                slowdown,
                slowdown * HARD);
    }
}
