package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.Step;
import java.util.Optional;

/** Work on rows behind a {@link DatabaseGuard}. Nothing is repeated here: {@link ShardStateMachine} decides that. */
public final class ResilientRangeWorker implements RangeWorker {
    private final RangeWorker ranges;
    private final DatabaseGuard guard;

    /** Wraps a worker on rows. */
    public ResilientRangeWorker(RangeWorker ranges, DatabaseGuard guard) {
        this.ranges = ranges;
        this.guard = guard;
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return guard.once(() -> ranges.batch(claim, batch));
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return guard.once(() -> ranges.quarantine(claim, row));
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return guard.once(() -> ranges.reaches(claim, tenant));
    }
}
