package dev.backfleet.openfeature;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Reports which versions are evaluated: at once when they change, and again from time to time as a sign that the instance is there. */
final class FlagReporter {
    /** How often it reports although nothing has changed. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    private final FlagReports reports;
    private final LongSupplier nanos;
    private Map<String, Long> reported = Map.of();
    private long reportedAt;

    FlagReporter(FlagReports reports, LongSupplier nanos) {
        this.reports = reports;
        this.nanos = nanos;
        this.reportedAt = nanos.getAsLong() - AGAIN.toNanos();
    }

    /**
     * Reports if it is time to. After a failure it waits as well: an application need not be permitted to report.
     *
     * @throws FlagSourceException if it was not stored
     */
    void run(Map<String, Flag> flags) throws FlagSourceException {
        var versions = new TreeMap<String, Long>();
        flags.values().forEach(flag -> versions.put(flag.name(), flag.version()));
        var now = nanos.getAsLong();
        if (versions.equals(reported) && now - reportedAt < AGAIN.toNanos()) {
            return;
        }
        reported = versions;
        reportedAt = now;
        if (!versions.isEmpty()) {
            reports.report(versions);
        }
    }
}
