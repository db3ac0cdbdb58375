package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Knows how old the oldest batch under way is; a slow row that is tried alone has a longer limit, and does not count. */
public final class BatchAges implements RangeWorker {
    private final RangeWorker ranges;
    private final Ticker ticker;
    private final Map<Object, Duration> begun = new ConcurrentHashMap<>();

    /** Of the batches that are sent through it. */
    public BatchAges(RangeWorker ranges, Ticker ticker) {
        this.ranges = ranges;
        this.ticker = ticker;
    }

    /** The age of the oldest batch under way; zero if there is none. */
    public Duration oldest() {
        return begun.values().stream()
                .min(Comparator.naturalOrder())
                .map(ticker.now()::minus)
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        if (batch.timeout() != null) {
            return ranges.batch(claim, batch);
        }
        var underWay = new Object();
        begun.put(underWay, ticker.now());
        try {
            return ranges.batch(claim, batch);
        } finally {
            begun.remove(underWay);
        }
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return ranges.quarantine(claim, row);
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return ranges.reaches(claim, tenant);
    }
}
