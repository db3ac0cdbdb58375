package dev.backfleet.coordinator.metric;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.throttle.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The duty of reading what the leader publishes. A scrape gets what was read last, and waits for nothing; it gets nothing when the
 * coordinator does not lead, or could not read for a minute.
 */
public final class LeaderMetrics {
    /** How often it is read. */
    public static final Duration EVERY = Duration.ofSeconds(5);

    private static final Duration VALID = Duration.ofMinutes(1);

    private final Store store;
    private final Supplier<List<Reading>> signals;
    private final BooleanSupplier leads;
    private final Ticker ticker;
    private Set<String> shown = Set.of();
    private volatile Look last;

    /**
     * Nothing was read yet.
     *
     * @param signals what the throttle has read last
     * @param leads whether this coordinator leads now
     */
    public LeaderMetrics(Store store, Supplier<List<Reading>> signals, BooleanSupplier leads, Ticker ticker) {
        this.store = store;
        this.signals = signals;
        this.leads = leads;
        this.ticker = ticker;
        this.last = new Look(List.of(), ticker.now());
    }

    /** Reads once. */
    public void runOnce() {
        var begun = ticker.now();
        var fleet = store.read();
        var jobs = JobPoints.of(fleet.listed(), shown);
        shown = jobs.shown();
        var points = new ArrayList<>(FleetPoints.of(fleet.listed(), fleet.runnableTasks()));
        points.addAll(jobs.points());
        points.addAll(FleetPoints.ofGates(fleet.gates()));
        points.addAll(FleetPoints.ofMigrations(fleet.migrations()));
        last = new Look(points, begun);
    }

    /** What is published now. */
    public List<MetricPoint> points() {
        var now = last;
        if (!leads.getAsBoolean() || ticker.now().minus(now.at).compareTo(VALID) > 0) {
            return List.of();
        }
        var points = new ArrayList<>(now.points);
        points.addAll(SignalPoints.of(signals.get()));
        return points;
    }

    /** Where it is read. */
    @FunctionalInterface
    public interface Store {
        /** Reads all of it, at a cost that does not grow with the number of shards. */
        Fleet read();
    }

    /**
     * What was read.
     *
     * @param listed the unfinished jobs and the last finished ones, with the fleet and its workers
     * @param runnableTasks how many slots jobs could use now
     * @param gates what {@code backfleet gate} would answer about each job of which a reconcile was begun, the newest jobs first
     * @param migrations those that were not aborted, the newest first
     */
    public record Fleet(ListJobs.Listed listed, int runnableTasks, List<Gate> gates, List<LiveMigration> migrations) {
        public Fleet {
            gates = List.copyOf(gates);
            migrations = List.copyOf(migrations);
        }
    }

    /**
     * What a job's reconciles say.
     *
     * @param answer about all tenants, however old the last reconcile is
     * @param interval how often the job is to be reconciled, in seconds; null: that is not repeated
     */
    public record Gate(GateAnswer answer, @Nullable Long interval) {}

    /**
     * A migration.
     *
     * @param state its state
     * @param percent the share of tenants that reads the new shape; 0: its flag is OFF
     * @param takenBack whether the watch over its cutover has taken all reads back, and no step was taken since
     * @param watched its signals, while a step is on
     */
    public record LiveMigration(
            String name, MigrationState state, double percent, boolean takenBack, List<WatchedPoint> watched) {
        public LiveMigration {
            watched = List.copyOf(watched);
        }
    }

    /**
     * A signal of a cutover.
     *
     * @param level null: the last look could not judge it, or is too long ago
     */
    public record WatchedPoint(String signal, @Nullable SignalLevel level) {}

    private record Look(List<MetricPoint> points, Duration at) {
        Look {
            points = List.copyOf(points);
        }
    }

    /** @param shown the jobs with figures of their own */
    record Shown(List<MetricPoint> points, Set<String> shown) {
        Shown {
            points = List.copyOf(points);
            shown = Set.copyOf(new HashSet<>(shown));
        }
    }
}
