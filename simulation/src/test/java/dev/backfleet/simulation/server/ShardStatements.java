package dev.backfleet.simulation.server;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Table;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.SlotLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** What a worker asks of PostgreSQL about shards, but for the batch and the rate: the semantics of its statements. */
public final class ShardStatements {
    static final long LEASE = 5_000_000;
    public static final Duration LEASE_LENGTH = Duration.ofSeconds(5);
    static final Failure BROKEN = Failures.of("08006", "connection lost");
    static final Failure IN_THE_WAY = Failures.of("55P03", "lock timeout");
    private static final Duration ROW_TIMEOUT = Duration.ofMillis(1500);
    private static final long LOCK_TIMEOUT = 500_000;
    private static final long CHECK_AGAIN = 1_000;

    private final Server server;

    ShardStatements(Server server) {
        this.server = server;
    }

    private boolean mayGoOn(JobRow job) {
        return job.state == JobState.RUNNING || server.mutant == Mutant.HALTED_JOB_CONTINUES;
    }

    /** As {@code backfleet.terms}. */
    SlotLimits limits(ShardRow shard) {
        var slots = 0;
        var before = 0;
        for (var other : shard.job.shards) {
            if (other.state == ShardState.RUNNING) {
                slots++;
                before += other.id.number() < shard.id.number() ? 1 : 0;
            }
        }
        return limits(shard.job, slots, mayGoOn(shard.job) && before < shard.job.slots());
    }

    private static SlotLimits limits(JobRow job, int slots, boolean wanted) {
        var rate = job.rate == null ? OptionalDouble.empty() : OptionalDouble.of(job.rate);
        return new SlotLimits(rate, slots, job.definition.batchDuration(), wanted);
    }

    /**
     * A claim reads its job at its beginning, and its shard when it has the lock; other transactions may commit in
     * between.
     */
    void claim(Task task, Run winner, Answer<Optional<Claim>> answer) {
        var shard = server.shard(task.shard());
        if (!server.mayClaim(shard.job)
                || shard.job.count(ShardState.RUNNING) >= shard.job.slots()
                || !isClaimable(shard, task)) {
            answer.done(Optional.empty());
            return;
        }
        var boots = server.boots();
        server.later(
                server.random.nextInt(2_000),
                () -> shard.lock.whenFree(() -> {
                    if (server.boots() != boots) {
                        answer.failed(BROKEN);
                    } else if (isClaimable(shard, task)) {
                        answer.done(Optional.of(won(shard, winner)));
                    } else {
                        answer.done(Optional.empty());
                    }
                }));
    }

    private static boolean isClaimable(ShardRow shard, Task task) {
        return shard.state == ShardState.DISPATCHED && shard.dispatch == task.dispatch();
    }

    private Claim won(ShardRow shard, Run winner) {
        if (shard.held) {
            throw new Violation("shard " + shard.id + " of a paused tenant was claimed");
        }
        var job = shard.job;
        shard.state = ShardState.RUNNING;
        shard.epoch++;
        shard.notBefore = 0;
        shard.leaseUntil = server.clock() + LEASE;
        if (shard.winners.putIfAbsent(shard.epoch, winner) != null) {
            throw new Violation("epoch " + shard.epoch + " of shard " + shard.id + " was given twice");
        }
        shard.byPlace = server.mutant == Mutant.CLASS_BY_PLACE;
        job.claimsInPasses--;
        job.mergePasses = job.claimsInPasses == 0 || job.mergePasses;
        shard.merged |= job.mergePasses && shard.cursor.equals(shard.lower);
        server.committed();
        return new Claim(
                shard.id,
                shard.epoch,
                shard.checkpoint(),
                !shard.upper.whole(),
                job.definition.table(),
                job.definition,
                limits(job, job.count(ShardState.RUNNING), true),
                ROW_TIMEOUT,
                new Claim.Origin("simulated", Duration.ZERO));
    }

    void renew(Claim claim, Answer<Boolean> answer) {
        locked(claim, answer, shard -> shard.leaseUntil = server.clock() + LEASE);
    }

    /** Reads without a lock: uncommitted changes are not visible. */
    ClaimStatus readBack(Claim claim) {
        var shard = server.shard(claim.shard());
        if (!isHolder(shard, claim)) {
            return new ClaimStatus.Lost();
        }
        return shard.job.tableReplaced
                ? new ClaimStatus.Changed(Failure.pinsChanged("the table is another one"))
                : new ClaimStatus.Held(shard.checkpoint());
    }

    void giveBack(Claim claim, Duration delay, Answer<Boolean> answer) {
        locked(claim, answer, shard -> {
            shard.state = ShardState.PENDING;
            shard.notBefore = server.clock() + delay.toNanos() / 1_000;
        });
    }

    /** Ends the shard. */
    void fail(Claim claim, Answer<Boolean> answer) {
        locked(claim, answer, shard -> {
            shard.state = ShardState.FAILED;
            server.tally.failedShards++;
        });
    }

    /** Gives the shard back, and asks the job to pause. */
    void pauseJob(Claim claim, Answer<Boolean> answer) {
        stopJob(claim, JobState.PAUSING, answer, server.boots(), LOCK_TIMEOUT);
    }

    /** Gives the shard back, and halts the job. */
    void haltJob(Claim claim, Answer<Boolean> answer) {
        stopJob(claim, JobState.HALTED, answer, server.boots(), LOCK_TIMEOUT);
    }

    private void stopJob(Claim claim, JobState to, Answer<Boolean> answer, long boots, long patience) {
        var shard = server.shard(claim.shard());
        shard.lock.whenFree(() -> {
            if (server.boots() != boots) {
                answer.failed(BROKEN);
            } else if (patience <= 0) {
                answer.failed(IN_THE_WAY);
            } else if (server.isHeld(shard.job.lock)) {
                server.later(CHECK_AGAIN, () -> stopJob(claim, to, answer, boots, patience - CHECK_AGAIN));
            } else {
                locked(claim, answer, held -> stop(held, to));
            }
        });
    }

    private static void stop(ShardRow shard, JobState to) {
        shard.state = ShardState.PENDING;
        shard.notBefore = 0;
        shard.job.move(List.of(JobState.RUNNING), to);
    }

    /** Whether rows of a tenant may be in what is left of the shard; false for what is no tenant. */
    boolean reaches(Claim claim, String tenant) {
        return server.shard(claim.shard()).reaches(Table.parse(tenant));
    }

    private void locked(Claim claim, Answer<Boolean> answer, Consumer<ShardRow> work) {
        var shard = server.shard(claim.shard());
        var boots = server.boots();
        shard.lock.whenFree(() -> {
            if (server.boots() != boots) {
                answer.failed(BROKEN);
            } else if (isHolder(shard, claim)) {
                work.accept(shard);
                server.committed();
                answer.done(true);
            } else {
                answer.done(false);
            }
        });
    }

    private static boolean isHolder(ShardRow shard, Claim claim) {
        return shard.state == ShardState.RUNNING && shard.epoch == claim.epoch();
    }
}
