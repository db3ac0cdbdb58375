package dev.backfleet.coordinator.forecast;

import dev.backfleet.coordinator.forecast.Forecast.Bytes;
import dev.backfleet.coordinator.forecast.Forecast.Speed;
import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Concludes from batches that were run and rolled back what the whole job takes. A pure value.
 *
 * <p>The interval of a speed is twice the standard error of the mean time of a batch, and a fifth more to either side for what a
 * trial of some seconds does not see: checkpoints, autovacuum, other parts of the table in memory or not.
 */
public final class Forecaster {
    private static final double UNSEEN = 0.2;

    /** The header of a record in the write-ahead log, with what it says of its page. */
    private static final int RECORD_BYTES = 60;

    /** Of its rate limit, a job aims at this share. */
    private static final double AIM = 0.95;

    private final Trials trials;
    private final TableWeight table;
    private final JobPace pace;
    private final BatchCost cost;

    private Forecaster(Trials trials, TableWeight table, JobPace pace) {
        this.trials = trials;
        this.table = table;
        this.pace = pace;
        this.cost = BatchCost.of(trials);
    }

    /** Of some batches; nothing if too few of them succeeded. */
    public static Optional<Forecaster> of(Trials trials, TableWeight table, JobPace pace) {
        return trials.of(Kind.ALONE).isEmpty() ? Optional.empty() : Optional.of(new Forecaster(trials, table, pace));
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
                trials.batches().size() + trials.logged().size(),
                trials.batches().stream().mapToLong(TrialBatch::walked).sum()
                        + trials.logged().stream()
                                .mapToLong(LoggedBatch::changed)
                                .sum(),
                trials.sessions(),
                Math.round(size),
                many.get(many.size() / 2),
                many.get(Math.min(many.size() - 1, (int) (many.size() * 0.95))),
                Math.round(size / cost.seconds(size, 1)),
                rounded(cost.slowdown()),
                rounded(changedShare()),
                hotShare().isPresent() ? rounded(hotShare().getAsDouble()) : null,
                walPerRow().isPresent() ? Math.round(walPerRow().getAsDouble()) : null,
                walPerRow().isPresent()
                        ? rounded(fullPagesPerRow()
                                * table.pageBytes()
                                / walPerRow().getAsDouble())
                        : null,
                trials.heldUp(),
                trials.rejected(),
                trials.deadRows(),
                trials.note());
    }

    /** What the whole job takes. */
    public Forecast forecast() {
        var changed = table.rows() * changedShare();
        var full = full();
        return new Forecast(
                Math.round(changed),
                speed(full),
                limited(full),
                wal(changed),
                Math.round(changed * (1 - hotShare().orElse(0)) * (table.tableBytesPerRow() + addedWidth())),
                Math.round(changed * (1 - hotShare().orElse(0)) * table.indexBytesPerRow()),
                assumptions());
    }

    // Rows that the whole fleet scans per second.
    private Interval full() {
        var slots = Math.min(pace.slots(), Math.max(1, trials.sessions()));
        var size = cost.rows(pace.batchDuration(), pace.batchMaxRows(), cost.slowdown());
        var speed = slots * size / cost.seconds(size, cost.slowdown());
        var doubt = 1 + 2 * Math.min(0.5, cost.error()) + UNSEEN;
        return new Interval(speed / doubt, speed * doubt);
    }

    private @Nullable Speed limited(Interval full) {
        var limit = limit();
        return limit.isEmpty() ? null : speed(capped(full, limit.getAsDouble()));
    }

    private static Interval capped(Interval full, double limit) {
        return new Interval(Math.min(full.low(), limit * (1 - UNSEEN / 2)), Math.min(full.high(), limit));
    }

    // The limits are for changed rows; rows that are only scanned are free.
    private OptionalDouble limit() {
        var share = Math.max(1e-6, changedShare());
        var limits = new ArrayList<Double>();
        pace.rowsPerSecond().ifPresent(rows -> limits.add(rows * AIM / share));
        pace.walBytesPerSecond()
                .ifPresent(bytes -> walPerRow().ifPresent(each -> limits.add(bytes / Math.max(1, each) / share)));
        return limits.stream().mapToDouble(limit -> limit).min();
    }

    private Speed speed(Interval rowsPerSecond) {
        var time = rowsPerSecond.timeFor((double) table.rows());
        return new Speed(
                Math.round(rowsPerSecond.low()),
                Math.round(rowsPerSecond.high()),
                duration(time.low()),
                duration(time.high()));
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    // A page is logged as a whole with its first change after each checkpoint: once, if the job reaches each page in
    // one piece,
    // or is faster than the next checkpoint; with each batch, if the rows of a batch are spread over the table.
    private Bytes wal(double changed) {
        if (walPerRow().isEmpty()) {
            return new Bytes(0, 0);
        }
        var withoutPages = Math.min(
                walPerRow().getAsDouble(),
                Math.max(recordBytes(), walPerRow().getAsDouble() - fullPagesPerRow() * table.pageBytes()));
        var once = changed * withoutPages + Math.min(table.pages(), fullPagesPerRow() * changed) * table.pageBytes();
        var all = changed * walPerRow().getAsDouble();
        return new Bytes(Math.round(Math.min(once, all)), Math.round(Math.max(once, all)));
    }

    // The least that the records of a changed row take without whole pages: its new version, and new entries in the
    // indexes. A page is
    // logged without its hole, so that its size does not tell what remains for the records.
    private double recordBytes() {
        return table.tableBytesPerRow()
                + addedWidth()
                + RECORD_BYTES
                + (1 - hotShare().orElse(0)) * (table.indexBytesPerRow() + RECORD_BYTES);
    }

    private OptionalDouble walPerRow() {
        var changed = trials.logged().stream().mapToLong(LoggedBatch::changed).sum();
        var bytes = trials.logged().stream().mapToLong(LoggedBatch::bytes).sum();
        return changed == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) bytes / changed);
    }

    private double fullPagesPerRow() {
        var changed = trials.logged().stream().mapToLong(LoggedBatch::changed).sum();
        var pages = trials.logged().stream().mapToLong(LoggedBatch::fullPages).sum();
        // A page that is compressed, or has a hole, takes less than its size.
        var most = walPerRow().orElse(0) / table.pageBytes();
        return changed == 0 ? 0 : Math.min(most, (double) pages / changed);
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
                .filter(width -> width != null)
                .mapToDouble(width -> width)
                .average()
                .orElse(0);
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
        all.add("the table keeps its size, and vacuum makes no room in it meanwhile");
        return all;
    }

    private static double rounded(double share) {
        return Math.round(share * 1_000) / 1_000.0;
    }
}
