package dev.backfleet.openfeature;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Flags without a database, which may be away. */
final class FakeFlags implements FlagSource, FlagReports {
    final Map<String, Flag> flags = new ConcurrentHashMap<>();
    final List<Map<String, Long>> reported = new ArrayList<>();
    volatile boolean away;
    volatile boolean reportsDenied;
    volatile long nanos;
    private long version;

    /** Sets the percentage of a flag; negative: OFF. */
    synchronized void set(String name, int percent) {
        flags.put(
                name,
                new Flag(
                        name,
                        "dualwrite",
                        percent >= 0,
                        BigDecimal.valueOf(Math.max(percent, 0)),
                        ++version,
                        Map.of()));
    }

    @Override
    public synchronized Map<String, Flag> read(Map<String, Flag> known) throws FlagSourceException {
        if (away) {
            throw new FlagSourceException("away", new IllegalStateException());
        }
        return Map.copyOf(flags);
    }

    @Override
    public synchronized void report(Map<String, Long> versions) throws FlagSourceException {
        reported.add(Map.copyOf(versions));
        if (reportsDenied) {
            throw new FlagSourceException("denied", new IllegalStateException());
        }
    }

    long now() {
        return nanos;
    }
}
