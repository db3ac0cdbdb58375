package dev.backfleet.worker.execute;

import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Optional;

/**
 * Leases behind a {@link DatabaseGuard}. Statements that have the same effect when they are repeated are repeated: a claim is
 * not, since the first one may have won.
 */
public final class ResilientShardLeases implements ShardLeases {
    private final ShardLeases leases;
    private final DatabaseGuard guard;

    /** Wraps leases. */
    public ResilientShardLeases(ShardLeases leases, DatabaseGuard guard) {
        this.leases = leases;
        this.guard = guard;
    }

    @Override
    public Optional<Claim> claim(Task task) {
        return guard.once(() -> leases.claim(task));
    }

    @Override
    public boolean renew(Claim claim) {
        return guard.repeatedly(() -> leases.renew(claim));
    }

    @Override
    public ClaimStatus readBack(Claim claim) {
        return guard.once(() -> leases.readBack(claim));
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        repeatedly(() -> leases.giveBack(claim, delay));
    }

    @Override
    public void putBack(Claim claim, Duration delay, Failure failure) {
        repeatedly(() -> leases.putBack(claim, delay, failure));
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        repeatedly(() -> leases.fail(claim, failure));
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        repeatedly(() -> leases.pauseJob(claim, failure));
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        repeatedly(() -> leases.haltJob(claim, failure));
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        return guard.once(() -> leases.reserve(claim, request));
    }

    @Override
    public void settle(Claim claim, double rows) {
        // Not repeated: charging twice would be worse than not at all.
        guard.once(() -> {
            leases.settle(claim, rows);
            return true;
        });
    }

    private void repeatedly(Runnable statement) {
        guard.repeatedly(() -> {
            statement.run();
            return true;
        });
    }
}
