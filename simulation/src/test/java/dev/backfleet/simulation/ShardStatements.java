package dev.backfleet.simulation;

import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.Claim;
import dev.backfleet.worker.execute.Failure;
import dev.backfleet.worker.execute.ShardStore.Standing;
import dev.backfleet.worker.execute.Terms;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a worker asks of PostgreSQL about shards, but for the batch: the semantics of its statements. */
final class ShardStatements {
    static final long LEASE = 5_000_000;
    static final Duration LEASE_LENGTH = Duration.ofSeconds(5);
    static final Failure BROKEN = Failure.of("08006", "connection lost");

    private final Server server;

    ShardStatements(Server server) {
        this.server = server;
    }

    static Terms terms(JobRow job) {
        return new Terms(OptionalDouble.empty(), 1, job.definition.batchDuration(), true);
    }

    /** A claim looks at its job when it begins, and at its shard when it has the lock: in between, things happen. */
    void claim(Task task, Object winner, Answer<Optional<Claim>> answer) {
        var shard = server.shard(task.shard());
        if (!server.mayClaim(shard.job)
                || Server.count(shard.job, ShardState.RUNNING) >= shard.job.concurrency
                || !isClaimable(shard, task)) {
            answer.done(Optional.empty());
            return;
        }
        var boots = server.boots();
        server.time.after(
                server.random.nextInt(2_000),
                () -> shard.whenFree(() -> {
                    if (server.boots() != boots) {
                        answer.failed(BROKEN);
                    } else if (isClaimable(shard, task)) {
                        answer.done(Optional.of(won(shard, winner)));
                    } else {
                        answer.done(Optional.empty());
                    }
                }));
    }

    private boolean isClaimable(ShardRow shard, Task task) {
        return shard.state == ShardState.DISPATCHED && shard.dispatch == task.dispatch();
    }

    private Claim won(ShardRow shard, Object winner) {
        shard.state = ShardState.RUNNING;
        shard.epoch++;
        shard.notBefore = 0;
        shard.leaseUntil = server.clock() + LEASE;
        if (shard.winners.putIfAbsent(shard.epoch, winner) != null) {
            throw new Violation("epoch " + shard.epoch + " of shard " + shard.id + " was given twice");
        }
        server.committed();
        var definition = shard.job.definition;
        return new Claim(
                shard.id, shard.epoch, shard.cursorText(), false, definition.table(), definition, terms(shard.job));
    }

    void renew(Claim claim, Answer<Boolean> answer) {
        locked(
                claim,
                answer,
                shard -> {
                    shard.leaseUntil = server.clock() + LEASE;
                    server.committed();
                    return true;
                },
                false);
    }

    /** Reads without a lock: what is under way is not seen. */
    Standing readBack(Claim claim) {
        var shard = server.shard(claim.shard());
        return isHolder(shard, claim) ? new Standing.Held(shard.cursorText()) : new Standing.Lost();
    }

    void giveBack(Claim claim, Duration delay, Answer<Boolean> answer) {
        locked(
                claim,
                answer,
                shard -> {
                    shard.state = ShardState.PENDING;
                    shard.notBefore = server.clock() + delay.toNanos() / 1_000;
                    server.committed();
                    return true;
                },
                false);
    }

    private <T> void locked(Claim claim, Answer<T> answer, java.util.function.Function<ShardRow, T> work, T otherwise) {
        var shard = server.shard(claim.shard());
        var boots = server.boots();
        shard.whenFree(() -> {
            if (server.boots() != boots) {
                answer.failed(BROKEN);
            } else {
                answer.done(isHolder(shard, claim) ? work.apply(shard) : otherwise);
            }
        });
    }

    static boolean isHolder(ShardRow shard, Claim claim) {
        return shard.state == ShardState.RUNNING && shard.epoch == claim.epoch();
    }
}
