package dev.backfleet.standalone.chaos;

import dev.backfleet.standalone.chaos.site.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What may grow while a fleet works for hours: measured every few seconds, of the worker that is never killed. */
final class Vitals {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LONG_ENOUGH_NANOS = TimeUnit.MINUTES.toNanos(30);

    private final Map<Vital, List<double[]>> samples = new EnumMap<>(Vital.class);
    private final long began = System.nanoTime();
    private long next = began;
    private long pid;

    /** Measures, if it is due. */
    void look(long worker, Sql sql) throws SQLException, IOException {
        if (System.nanoTime() < next) {
            return;
        }
        next = System.nanoTime() + EVERY_NANOS;
        if (worker != pid) {
            pid = worker;
            samples.clear();
        }
        var status = Path.of("/proc", Long.toString(worker), "status");
        if (Files.exists(status)) {
            add(Vital.MEMORY_MB, field(status, "VmRSS:") / 1024.0);
            add(Vital.THREADS, field(status, "Threads:"));
        }
        add(
                Vital.CONNECTIONS,
                sql.number("select count(*) from pg_stat_activity where backend_type = 'client backend'"));
        add(Vital.DISK_MB, sql.number("select pg_database_size(current_database())") / 1e6);
    }

    /** Fails if something grows that must not; not meaningful for short runs. */
    void requireSteady() {
        if (System.nanoTime() - began < LONG_ENOUGH_NANOS) {
            return;
        }
        for (var vital : samples.keySet()) {
            if (perHour(vital) > vital.mostPerHour) {
                throw new AssertionError(vital + " grows by " + perHour(vital) + " per hour");
            }
        }
    }

    @Override
    public String toString() {
        return samples.keySet().stream()
                .map(vital -> "%s %.0f, %+.1f per hour".formatted(vital, last(vital), perHour(vital)))
                .collect(Collectors.joining("; "));
    }

    private double last(Vital vital) {
        var all = samples.getOrDefault(vital, List.of());
        return all.get(all.size() - 1)[1];
    }

    // The slope of the line that fits best.
    private double perHour(Vital vital) {
        var all = samples.getOrDefault(vital, List.of());
        var x = all.stream().mapToDouble(sample -> sample[0]).average().orElse(0);
        var y = all.stream().mapToDouble(sample -> sample[1]).average().orElse(0);
        var together = all.stream()
                .mapToDouble(sample -> (sample[0] - x) * (sample[1] - y))
                .sum();
        var alone = all.stream()
                .mapToDouble(sample -> (sample[0] - x) * (sample[0] - x))
                .sum();
        return alone == 0 ? 0 : together / alone;
    }

    private void add(Vital vital, Number value) {
        var hours = (System.nanoTime() - began) / 3.6e12;
        samples.computeIfAbsent(vital, key -> new ArrayList<>()).add(new double[] {hours, value.doubleValue()});
    }

    private static long field(Path status, String name) throws IOException {
        for (var line : Files.readAllLines(status)) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    /** One of them, and by how much it may grow. */
    private enum Vital {
        MEMORY_MB(20),
        THREADS(2),
        CONNECTIONS(2),
        // Of the tests' own log of changes, mostly.
        DISK_MB(Double.MAX_VALUE);

        private final double mostPerHour;

        Vital(double mostPerHour) {
            this.mostPerHour = mostPerHour;
        }
    }
}
