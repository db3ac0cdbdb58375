package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.metric.BoundedLabel;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a worker counts. A worker lives longer than jobs do: when there are as many jobs as may have figures of their own, the one that
 * was not worked on for the longest time makes room.
 */
public final class WorkMetrics {
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
    // An expression can raise any SQLSTATE.
    private static final int CODES = 100;

    private final MeterRegistry registry;
    private final Ticker ticker;
    private final BoundedLabel backfills = new BoundedLabel(BoundedLabel.JOBS);
    private final BoundedLabel codes = new BoundedLabel(CODES);
    private final Map<String, OfJob> jobs = new ConcurrentHashMap<>();
    private final Counter fenced;
    private final Counter leasesLost;
    private final Timer waits;
    private final Timer slices;
    private final LongAdder rowsChanged = new LongAdder();
    private final LongAdder committedBatches = new LongAdder();

    /** By the process's clock. */
    public WorkMetrics(MeterRegistry registry) {
        this(registry, Ticker.system());
    }

    /** Registers the meters that are not of single jobs. */
    public WorkMetrics(MeterRegistry registry, Ticker ticker) {
        this.registry = registry;
        this.ticker = ticker;
        fenced = WorkerMetric.FENCED.counter(registry);
        leasesLost = WorkerMetric.LEASES_LOST.counter(registry);
        waits = WorkerMetric.TASK_WAIT.timer(registry);
        slices = WorkerMetric.SLICE.timer(registry);
    }

    /** A shard was claimed. */
    void claimed(Claim claim) {
        waits.record(claim.origin().waited());
    }

    /** The run of a shard has ended. */
    void ended(Duration slice) {
        slices.record(slice);
    }

    /** A batch was committed. */
    void committed(Claim claim, BatchResult result, Duration took) {
        var job = job(claim);
        job.used = ticker.now();
        job.batches.record(took);
        job.rows.record((double) result.walked());
        job.changed.increment((double) result.changed());
        job.walked.increment((double) result.walked());
        rowsChanged.add(result.changed());
        committedBatches.increment();
    }

    /** A batch changed nothing because the fence did not hold. */
    void fenceFailed() {
        fenced.increment();
    }

    /** A shard was given up since its lease was lost. */
    void leaseLost() {
        leasesLost.increment();
    }

    /** A row was quarantined. */
    void quarantined(Claim claim, Failure failure) {
        WorkerMetric.ROWS_QUARANTINED
                .counter(registry, job(claim).backfill, codes.of(failure.code()))
                .increment();
    }

    /** A statement failed. */
    void failed(Failure failure) {
        WorkerMetric.FAILURES
                .counter(registry, failure.kind().name(), codes.of(failure.code()))
                .increment();
    }

    /** Batches that changed nothing because the lease was lost. */
    public long fencedBatches() {
        return (long) fenced.count();
    }

    /** Committed batches. */
    public long committedBatches() {
        return committedBatches.sum();
    }

    /** Rows changed. */
    public long rowsChanged() {
        return rowsChanged.sum();
    }

    private OfJob job(Claim claim) {
        var name = claim.origin().backfill();
        var known = jobs.get(name);
        return known == null ? add(name) : known;
    }

    private synchronized OfJob add(String name) {
        var backfill = backfills.of(name);
        if (backfill.equals(BoundedLabel.OTHER) && forgetOne()) {
            backfill = backfills.of(name);
        }
        return jobs.computeIfAbsent(backfill, label -> new OfJob(label, registry, ticker.now()));
    }

    private boolean forgetOne() {
        var since = ticker.now().minus(FORGOTTEN_AFTER);
        var oldest = jobs.values().stream()
                .filter(job -> !job.backfill.equals(BoundedLabel.OTHER) && job.used.compareTo(since) < 0)
                .min(Comparator.comparing(job -> job.used));
        oldest.ifPresent(job -> {
            jobs.remove(job.backfill);
            backfills.forget(job.backfill);
            registry.getMeters().stream()
                    .filter(meter -> job.backfill.equals(meter.getId().getTag("backfill")))
                    .forEach(registry::remove);
        });
        return oldest.isPresent();
    }

    /** The figures of one job, or of all that have none of their own. */
    private static final class OfJob {
        private final String backfill;
        private final Timer batches;
        private final DistributionSummary rows;
        private final Counter changed;
        private final Counter walked;
        private volatile Duration used;

        OfJob(String backfill, MeterRegistry registry, Duration now) {
            this.backfill = backfill;
            this.used = now;
            this.batches = WorkerMetric.BATCH_SECONDS.timer(registry, backfill);
            this.rows = WorkerMetric.BATCH_ROWS.summary(registry, backfill);
            this.changed = WorkerMetric.ROWS_CHANGED.counter(registry, backfill);
            this.walked = WorkerMetric.ROWS_WALKED.counter(registry, backfill);
        }
    }
}
