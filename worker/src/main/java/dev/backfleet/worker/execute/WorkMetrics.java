package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Failure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What a worker counts. The descriptions say what to conclude from it. */
public final class WorkMetrics {
    private final MeterRegistry registry;
    private final Timer batches;
    private final Counter changed;
    private final Counter walked;
    private final Counter fenced;

    /** Registers the meters. */
    public WorkMetrics(MeterRegistry registry) {
        this.registry = registry;
        batches = Timer.builder("backfleet.batch")
                .description(
                        "Committed batches; much longer than the spec's duration: the database is slow or rows are locked")
                .register(registry);
        changed = Counter.builder("backfleet.rows.changed")
                .description("Rows changed by committed batches")
                .register(registry);
        walked = Counter.builder("backfleet.rows.walked")
                .description("Rows scanned; far more than changed: most rows did not need the change")
                .register(registry);
        fenced = Counter.builder("backfleet.fenced")
                .description(
                        "Batches that changed nothing because the worker had lost its lease on the shard; expected after a "
                                + "pause; if it grows: workers freeze or lose the network for longer than the lease")
                .register(registry);
    }

    /** A batch was committed. */
    void committed(BatchResult result, Duration took) {
        batches.record(took);
        changed.increment((double) result.changed());
        walked.increment((double) result.walked());
    }

    /** A batch changed nothing because the fence did not hold. */
    void fenceFailed() {
        fenced.increment();
    }

    /** A row was quarantined. */
    void quarantined(Failure failure) {
        Counter.builder("backfleet.rows.quarantined")
                .description("Rows quarantined because the database rejects them; if it grows: look at their "
                        + "SQLSTATEs with 'backfleet quarantine'")
                .tag("code", failure.code())
                .register(registry)
                .increment();
    }

    /** A statement failed. */
    void failed(Failure failure) {
        registry.counter("backfleet.failures", "kind", failure.kind().name(), "code", failure.code())
                .increment();
    }

    /** Batches that changed nothing because the lease was lost. */
    public long fencedBatches() {
        return (long) fenced.count();
    }

    /** Committed batches. */
    public long committedBatches() {
        return batches.count();
    }

    /** Rows changed. */
    public long rowsChanged() {
        return (long) changed.count();
    }
}
