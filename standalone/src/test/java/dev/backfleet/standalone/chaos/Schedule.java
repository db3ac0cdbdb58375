package dev.backfleet.standalone.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Which faults a seed wants, and when: the same each time. */
record Schedule(List<Entry> entries) {
    private static final double MORE_THAN_THE_FLOOR = 1.1;
    private static final Duration UNIT = Duration.ofMinutes(10);

    /** A schedule for a run of this length; a fault that is rare in ten minutes may be missing from a short one. */
    static Schedule of(long seed, Duration length) {
        var random = new Random(seed);
        var share = (double) length.toMillis() / UNIT.toMillis();
        var faults = new ArrayList<Fault>();
        for (var fault : Fault.values()) {
            var wanted = fault.inTenMinutes() * share * MORE_THAN_THE_FLOOR;
            // What is left over is a matter of chance.
            var count = (int) wanted + (random.nextDouble() < wanted % 1 ? 1 : 0);
            faults.addAll(Collections.nCopies(count, fault));
        }
        var entries = new ArrayList<Entry>();
        for (var fault : faults) {
            entries.add(
                    new Entry(Duration.ofMillis(random.nextInt((int) length.toMillis())), fault, random.nextLong()));
        }
        entries.sort(Comparator.comparing(Entry::at));
        return new Schedule(List.copyOf(entries));
    }

    /** How often a kind of fault is in it. */
    long count(Fault fault) {
        return entries.stream().filter(entry -> entry.fault == fault).count();
    }

    /**
     * One fault.
     *
     * @param at since the beginning
     * @param dice what decides its details
     */
    record Entry(Duration at, Fault fault, long dice) {}
}
