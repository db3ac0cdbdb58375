package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.util.Optional;

/**
 * Does a job's work on the rows of a claimed shard. Every statement that changes something is guarded by the claim's epoch and
 * by the checkpoint. Every method throws {@link StatementFailedException} if the database rejects the statement or is unreachable.
 */
public interface RangeWorker {

    /** Runs one batch. Empty if the fence did not hold: then nothing was changed. */
    Optional<BatchResult> batch(Claim claim, Step.Batch batch);

    /**
     * Quarantines the next row and moves the checkpoint past it. Empty if the fence did not hold: then nothing was changed.
     * Halts the job if its error budget is spent.
     */
    Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row);

    /**
     * Whether rows of a tenant may be in what is left of the shard; false for a value that the tenant column cannot hold.
     *
     * @param tenant its value as text, as an operator wrote it
     */
    boolean reaches(Claim claim, String tenant);
}
