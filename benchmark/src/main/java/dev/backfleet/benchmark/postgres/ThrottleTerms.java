package dev.backfleet.benchmark.postgres;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecParser;
import java.util.Locale;

/** What a job's spec says of the throttle, as a line of YAML. */
public final class ThrottleTerms {
    /** Well above what is healthy: the job stops. */
    private static final int HARD = 10;

    private static final String NONE = "throttle: none\n";

    private ThrottleTerms() {}

    /** Whether this version of Backfleet has a throttle. */
    public static boolean exist() {
        try {
            SpecParser.parse("throttle.yaml", "name: n\ntable: t\nset: { a: b }\n" + NONE);
            return true;
        } catch (SpecException e) {
            return false;
        }
    }

    /** Nothing holds the job back. */
    public static String none() {
        return exist() ? NONE : "";
    }

    /** The application's own p99 holds the job back, and what a coordinator looks at by default. */
    public static String healthyUpTo(double milliseconds) {
        return String.format(
                Locale.ROOT,
                "throttle: { sql: [{ name: application-p99, query: \"%s\", soft: %.2f, hard: %.2f }] }%n",
                HealthReport.QUERY,
                milliseconds,
                milliseconds * HARD);
    }
}
