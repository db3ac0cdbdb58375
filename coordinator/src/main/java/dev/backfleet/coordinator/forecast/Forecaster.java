package dev.backfleet.coordinator.forecast;

import dev.backfleet.coordinator.forecast.Forecast.Span;
import dev.backfleet.coordinator.forecast.Forecast.Speed;
import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Concludes from batches that were run and rolled back what the whole job takes. A pure value.
 *
 * <p>The interval of a speed is twice the standard error of the mean time of a batch, and a fifth more to either side for what a
 * trial of some seconds does not see: checkpoints, autovacuum, other parts of the table in memory or not. A duration has what a job
 * takes beside its batches ({@link WorkTime}), which decides for a small table.
 */
public final class Forecaster {
    private static final double UNSEEN = 0.2;

    private static final Interval NO_LIMIT = new Interval(0, 0);

    /** Of its rate limit, a job aims at this share. */
    private static final double AIM = 0.95;

    private final Trials trials;
    private final TableWeight table;
    private final JobPace pace;
    private final JobShape shape;
    private final BatchCost cost;
    private final WalForecast wal;

    private Forecaster(Trials trials, TableWeight table, JobPace pace, JobShape shape) {
        this.trials = trials;
        this.table = table;
        this.pace = pace;
        this.shape = shape;
        this.cost = BatchCost.of(trials);
        this.wal = new WalForecast(trials, table, shape.passes());
    }

    /** Of some batches; nothing if too few of them succeeded. */
    public static Optional<Forecaster> of(Trials trials, TableWeight table, JobPace pace, JobShape shape) {
        return trials.of(Kind.ALONE).isEmpty()
                ? Optional.empty()
                : Optional.of(new Forecaster(trials, table, pace, shape));
    }

    /** What the batches took. */
    public Measured measured() {
        var many = trials.batches().stream()
                .filter(batch -> batch.kind() != Kind.SINGLE_ROW)
                .map(TrialBatch::took)
                .sorted()
                .toList();
        var size = cost.rows(pace.batchDuration(), pace.batchMaxRows(), 1);
        return new Measured(
                trials.batches().size() + 2 * trials.logged().size(),
                trials.batches().stream().mapToLong(TrialBatch::walked).sum()
                        + trials.logged().stream()
                                .mapToLong(batch -> 2 * batch.changed())
                                .sum(),
                trials.sessions(),
                Math.round(size),
                many.get(many.size() / 2),
                many.get(Math.min(many.size() - 1, (int) (many.size() * 0.95))),
                Math.round(size / cost.seconds(size, 1)),
                rounded(cost.slowdown()),
                rounded(changedShare()),
                hotShare().isPresent() ? rounded(hotShare().getAsDouble()) : null,
                wal.isKnown() ? Math.round(wal.perRow()) : null,
                wal.isKnown() ? rounded(wal.fullPagesShare()) : null,
                trials.heldUp(),
                trials.rejected(),
                trials.deadRows(),
                trials.note());
    }

    /** What the whole job takes. */
    public Forecast forecast() {
        var changed = table.rows() * changedShare();
        var limit = limit();
        var full = speed();
        var fastest = work().seconds(batches(), NO_LIMIT);
        var limited = limit.isEmpty() ? full : capped(full, limit.getAsDouble());
        var time = limit.isEmpty()
                ? fastest
                : work().seconds(batches(), slowest(limit.getAsDouble()).timeFor((double) table.rows()));
        var version = table.tableBytesPerRow() + addedWidth();
        var room = room();
        return new Forecast(
                Math.round(changed),
                speed(full, fastest),
                limit.isEmpty() ? null : speed(limited, time),
                new Span(
                        duration(work().beside().low()),
                        duration(work().beside().high())),
                wal.of(changed, time.high(), hotShare().orElse(0), room),
                Math.round(changed * room.moved() * version),
                Math.round(changed * room.moved() * table.indexBytesPerRow()),
                assumptions());
    }

    private int slots() {
        return Math.min(pace.slots(), Math.max(1, trials.sessions()));
    }

    private double batchRows() {
        return cost.rows(pace.batchDuration(), pace.batchMaxRows(), cost.slowdown());
    }

    private WorkTime work() {
        return new WorkTime(cost, shape, table.rows(), slots(), batchRows());
    }

    // Compared with those of the trial. That all of the job's batches are as warm as the second run is as unlikely as
    // that none is.
    private Interval batches() {
        var doubt = 1 + 2 * Math.min(0.5, cost.error()) + UNSEEN;
        var warmth = wal.warmth(table.rows() * changedShare(), hotShare().orElse(0));
        return new Interval(warmth / doubt, (1 + warmth) / 2 * doubt);
    }

    // Rows that the whole fleet scans per second while batches run.
    private Interval speed() {
        var speed = slots() * batchRows() / cost.seconds(batchRows(), cost.slowdown());
        return new Interval(speed / batches().high(), speed / batches().low());
    }

    private static Interval slowest(double limit) {
        return new Interval(limit * (1 - UNSEEN / 2), limit);
    }

    private static Interval capped(Interval full, double limit) {
        return new Interval(
                Math.min(full.low(), slowest(limit).low()),
                Math.min(full.high(), slowest(limit).high()));
    }

    // The limits are for changed rows; rows that are only scanned are free.
    private OptionalDouble limit() {
        var share = Math.max(1e-6, changedShare());
        var limits = new ArrayList<Double>();
        pace.rowsPerSecond().ifPresent(rows -> limits.add(rows * AIM / share));
        if (wal.isKnown()) {
            pace.walBytesPerSecond().ifPresent(bytes -> limits.add(bytes / Math.max(1, wal.perRow()) / share));
        }
        return limits.stream().mapToDouble(limit -> limit).min();
    }

    private static Speed speed(Interval rowsPerSecond, Interval seconds) {
        return new Speed(
                Math.round(rowsPerSecond.low()),
                Math.round(rowsPerSecond.high()),
                duration(seconds.low()),
                duration(seconds.high()));
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private double changedShare() {
        var walked = trials.batches().stream().mapToLong(TrialBatch::walked).sum();
        var changed = trials.batches().stream().mapToLong(TrialBatch::changed).sum();
        return walked == 0 ? 0 : (double) changed / walked;
    }

    private OptionalDouble hotShare() {
        var changed = trials.batches().stream().mapToLong(TrialBatch::changed).sum();
        var hot = trials.batches().stream().mapToLong(TrialBatch::hot).sum();
        return changed == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hot / changed);
    }

    private double addedWidth() {
        return trials.logged().stream()
                .map(LoggedBatch::addedWidth)
                .filter(Objects::nonNull)
                .mapToDouble(width -> width)
                .average()
                .orElse(0);
    }

    private RoomOnPages room() {
        return RoomOnPages.of(
                trials,
                table,
                hotShare().orElse(0),
                changedShare(),
                addedWidth(),
                slots() * batchRows(),
                shape.passes());
    }

    private List<String> assumptions() {
        var all = new ArrayList<String>();
        var slots = pace.slots();
        all.add(slots + (slots == 1 ? " slot works" : " slots work") + " on the job"
                + (slots > trials.sessions()
                        ? "; measured with " + trials.sessions()
                                + " at the same time, and more are assumed not to add speed"
                        : ", as many as were measured at the same time"));
        all.add(
                "nothing else holds the job back: no throttle, no pause, no other job; its window counts only while it is open");
        all.add(
                "vacuum makes no room in the table meanwhile, and no transaction stays open for so long that its room cannot be used again");
        all.add("others cause no more checkpoints than the settings of the server and the job's own log do");
        return all;
    }

    private static double rounded(double share) {
        return Math.round(share * 1_000) / 1_000.0;
    }
}
