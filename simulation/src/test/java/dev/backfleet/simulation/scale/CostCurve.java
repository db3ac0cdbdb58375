package dev.backfleet.simulation.scale;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/** The table of docs/scale.md: what fleets and jobs of several sizes cost. */
final class CostCurve {
    private static final List<Integer> WORKERS = List.of(10, 100, 1_000, 10_000);
    private static final List<Integer> SHARDS = List.of(1_000, 10_000, 100_000, 1_000_000);

    private final boolean full;

    CostCurve(boolean full) {
        this.full = full;
    }

    String table() {
        var text = new StringBuilder("""
                | workers | shards | minutes | slots used | tasks/s | events/s | control/s | heartbeats/s | statements/s | statements per task | index entries per task | deciding, µs per task |
                |---|---|---|---|---|---|---|---|---|---|---|---|
                """);
        for (var workers : full ? WORKERS : WORKERS.subList(0, 2)) {
            for (var shards : full ? SHARDS : SHARDS.subList(0, 2)) {
                text.append(row(workers, shards));
            }
        }
        return text.toString();
    }

    private static String row(int workers, int shards) {
        var slots = workers * ModelFleet.SLOTS;
        var fleet = new ModelFleet(workers, List.of(new ModelJob(1, 2, slots, shards, new Random(1))));
        fleet.run();
        var meter = fleet.meter;
        var seconds = fleet.clock.now() / 1e6;
        return String.format(
                Locale.ROOT,
                "| %,d | %,d | %.1f | %.0f %% | %,.1f | %,.0f | %.0f | %,.0f | %,.0f | %.2f | %,.0f | %.1f |%n",
                workers,
                shards,
                seconds / 60,
                100 * fleet.used(),
                meter.tasks / seconds,
                meter.events / seconds,
                meter.control / seconds,
                meter.heartbeats / seconds,
                meter.statements / seconds,
                meter.perTask(meter.statements),
                meter.perTask(meter.entries),
                meter.deciding / 1e3 / meter.tasks);
    }
}
