package dev.backfleet.standalone.chaos;

import dev.backfleet.standalone.chaos.site.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The faults of a seed, their times and lengths: the same in each run.
 *
 * <p>Lengths are log-uniform from 50 ms to 120 s: as many below 2.4 s as above. So that a run ends, and is not one
 * single outage, the faults of a target may last a part of it; a longer fault is drawn again from the rest.
 */
record Schedule(List<Entry> entries) {
    static final Duration SHORTEST = Duration.ofMillis(50);
    static final Duration LONGEST = Duration.ofMinutes(2);

    private static final double MORE_THAN_THE_FLOOR = 1.1;
    private static final Duration UNIT = Duration.ofMinutes(10);

    // Targets that all processes need are faulty for a smaller part of the run than those of one worker.
    private static final double PART_OF_ONE = 0.4;
    private static final double PART_OF_ALL = 0.25;

    /**
     * A schedule for a run of this length; a fault that is rare in ten minutes may be missing from a short one.
     *
     * @param target what a fault is done to
     */
    static Schedule of(long seed, Duration length, Function<Entry, String> target) {
        var random = new Random(seed);
        var share = (double) length.toMillis() / UNIT.toMillis();
        var faults = new ArrayList<Fault>();
        for (var fault : Fault.values()) {
            var wanted = fault.inTenMinutes() * share * MORE_THAN_THE_FLOOR;
            // The rest is random.
            var count = (int) wanted + (random.nextDouble() < wanted % 1 ? 1 : 0);
            faults.addAll(Collections.nCopies(count, fault));
        }
        var entries = new ArrayList<Entry>();
        for (var fault : faults) {
            var at = Duration.ofMillis(random.nextInt((int) length.toMillis()));
            entries.add(new Entry(at, fault, Duration.ZERO, random.nextLong()));
        }
        entries.sort(Comparator.comparing(Entry::at));
        return new Schedule(withLengths(entries, random, length, target));
    }

    private static List<Entry> withLengths(
            List<Entry> entries, Random random, Duration run, Function<Entry, String> target) {
        var left = new HashMap<String, Long>();
        var all = new ArrayList<Entry>();
        for (var entry : entries) {
            if (!entry.fault().lasts()) {
                all.add(entry);
                continue;
            }
            var hit = target.apply(entry);
            var part = Site.isForOneWorker(hit) ? PART_OF_ONE : PART_OF_ALL;
            var budget = left.computeIfAbsent(hit, name -> (long) (run.toMillis() * part));
            var millis = draw(random, LONGEST.toMillis());
            if (millis > budget) {
                millis = draw(random, Math.max(SHORTEST.toMillis(), budget / 2));
            }
            left.put(hit, budget - millis);
            all.add(new Entry(entry.at(), entry.fault(), Duration.ofMillis(millis), entry.dice()));
        }
        return List.copyOf(all);
    }

    private static long draw(Random random, long longest) {
        var shortest = SHORTEST.toMillis();
        return Math.round(shortest * Math.pow((double) longest / shortest, random.nextDouble()));
    }

    /** How often a kind of fault is in it. */
    long count(Fault fault) {
        return entries.stream().filter(entry -> entry.fault == fault).count();
    }

    /** The shortest, the median and the longest length of each kind of fault that has one, in seconds. */
    String lengths() {
        var drawn = new EnumMap<Fault, List<Duration>>(Fault.class);
        for (var entry : entries) {
            if (entry.fault.lasts()) {
                drawn.computeIfAbsent(entry.fault, fault -> new ArrayList<>()).add(entry.length);
            }
        }
        return drawn.entrySet().stream()
                .map(kind -> kind.getKey() + " " + spread(kind.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String spread(List<Duration> lengths) {
        var sorted = lengths.stream().sorted().toList();
        return "%.2f/%.2f/%.2f"
                .formatted(
                        sorted.get(0).toMillis() / 1e3,
                        sorted.get(sorted.size() / 2).toMillis() / 1e3,
                        sorted.get(sorted.size() - 1).toMillis() / 1e3);
    }

    /**
     * One fault.
     *
     * @param at since the beginning
     * @param length how long it lasts, for those that do
     * @param dice what decides its details
     */
    record Entry(Duration at, Fault fault, Duration length, long dice) {}
}
