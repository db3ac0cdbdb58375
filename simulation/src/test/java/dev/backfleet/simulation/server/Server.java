package dev.backfleet.simulation.server;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.RowLock;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Transaction;
import dev.backfleet.simulation.time.Node;
import dev.backfleet.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The simulated PostgreSQL: its tables, its clock, its locks, and what a crash takes with it. Commits without waiting for
 * the disk are kept in a log until something flushes it; a crash undoes the newest of them, as many as chance wants.
 */
public final class Server {
    private static final long FLUSH_EVERY = 300_000;
    private static final long EXCUSED = 1_500_000;
    private static final long ALIVE = 10_000_000;
    private static final long IDLE_IN_TRANSACTION = 10_000_000;
    private static final long CHECK_AGAIN = 2_000;
    private static final long TIMEOUT = 900_000;

    public final Timeline time;
    final Random random;
    public final Mutant mutant;
    /** An undo is submitted while others read them. */
    public final List<JobRow> jobs = new CopyOnWriteArrayList<>();

    public final Map<Node, Seen> workers = new HashMap<>();
    public final Lead lead = new Lead();
    public DesiredState fleet = DesiredState.RUN;
    public long fleetOffset = -1;
    /** Whether a pause of the fleet was acknowledged: no row of any job can change. */
    public boolean fleetPauseProven;
    /** The row with the fleet's desired state. */
    public final RowLock fleetLock = new RowLock();

    public final FaultModel faultModel;
    public final Tally tally = new Tally();
    final ShardStatements shardStatements = new ShardStatements(this);
    final RateStatements rateStatements = new RateStatements(this);
    final BatchStatement batchStatement = new BatchStatement(this);
    final QuarantineStatement quarantineStatement = new QuarantineStatement(this);

    private final List<Undo> unflushed = new ArrayList<>();
    private final Set<Transaction> open = new HashSet<>();
    private final Node process = new Node("server");
    final List<Link> links = new ArrayList<>();
    private boolean up = true;
    private long boots;
    private long clockOffset;

    public Server(Timeline time, Random random, FaultModel faultModel, Mutant mutant) {
        this.faultModel = faultModel;
        this.time = time;
        this.random = random;
        this.mutant = mutant;
        process.start();
        time.after(FLUSH_EVERY, this::flushRegularly);
    }

    public boolean isUp() {
        return up;
    }

    /** Changes with every start: connections of before are broken. */
    public long boots() {
        return boots;
    }

    /** The server's clock, which may be set. */
    public long clock() {
        return time.now() + clockOffset;
    }

    public void setClock(long by) {
        excuseRates(EXCUSED);
        clockOffset += by;
    }

    /** A commit that did not wait for the disk. */
    void committedLazily(Undo undo) {
        unflushed.add(undo);
    }

    /** A commit that waited for the disk, and so for all earlier commits. */
    public void committed() {
        unflushed.clear();
    }

    public Transaction begin(int from, int to) {
        return begin(new Transaction(from, to));
    }

    /** A transaction begins. */
    Transaction begin(Transaction transaction) {
        open.add(transaction);
        return transaction;
    }

    /** The transaction ends: waiters for its locks continue. */
    public void end(Transaction transaction) {
        open.remove(transaction);
        transaction.releaseAll();
    }

    /** Crashes; commits that were not flushed may be lost. */
    public void crash(long downFor) {
        if (!up) {
            return;
        }
        up = false;
        boots++;
        var lost = random.nextInt(unflushed.size() + 1);
        for (var i = 0; i < lost; i++) {
            unflushed.remove(unflushed.size() - 1).undo();
        }
        unflushed.clear();
        open.forEach(Transaction::abort);
        open.clear();
        excuseRates(downFor + EXCUSED);
        fleetLock.drop();
        for (var job : jobs) {
            // The clocks of the rates need not survive a crash.
            job.pace = null;
            job.lock.drop();
            job.isolations.drop();
            job.shards.forEach(shard -> shard.lock.drop());
        }
        time.after(downFor, () -> up = true);
    }

    /** Ends one session that is in a transaction, as an administrator or the out-of-memory killer does. */
    public void killBackEnd() {
        for (var job : jobs) {
            for (var shard : job.shards) {
                var victim = shard.lock.holder();
                if (victim != null && random.nextInt(3) == 0) {
                    kill(victim);
                    return;
                }
            }
        }
    }

    /** Ends the session of a transaction. */
    void kill(Transaction victim) {
        victim.abort();
        end(victim);
    }

    /** The server does something, later; if it is frozen then, afterwards. */
    void later(long micros, Runnable what) {
        time.after(micros, process, what);
    }

    /** Freezes the server; its clients get no answer. */
    public void freeze(long length) {
        process.freeze(time.now() + length);
        excuseRates(length + EXCUSED);
        links.forEach(Link::fallSilent);
    }

    /** Until when it says nothing. */
    long silentUntil() {
        return process.frozenUntil();
    }

    /** Whether a row is locked. A silent holder of the lock is terminated. */
    boolean isHeld(RowLock lock) {
        var holder = lock.holder();
        if (holder != null && holder.isIdle(IDLE_IN_TRANSACTION, time.now())) {
            kill(holder);
        }
        return lock.isHeld();
    }

    /**
     * A process's statement waits for a lock.
     *
     * @throws Unreachable if it took too long, or the server went down meanwhile
     */
    public void awaitFree(Node node, RowLock lock) {
        var then = boots;
        var end = time.now() + TIMEOUT;
        while (isHeld(lock)) {
            if (time.now() >= end) {
                throw new Unreachable();
            }
            time.block(node, CHECK_AGAIN);
            if (boots != then) {
                throw new Unreachable();
            }
        }
    }

    public JobRow job(long id) {
        return jobs.get((int) id - 1);
    }

    public ShardRow shard(dev.backfleet.common.job.ShardId id) {
        return job(id.job()).shards.get(id.number() - 1);
    }

    public int running() {
        var count = 0;
        for (var job : jobs) {
            count += job.count(ShardState.RUNNING);
        }
        return count;
    }

    /** The slots of workers that have been seen lately. */
    public int slots() {
        var slots = 0;
        for (var seen : workers.values()) {
            if (clock() - seen.at < ALIVE) {
                slots += seen.slots;
            }
        }
        return slots;
    }

    /** Sets a job's limit; null: none. */
    public void limit(JobRow job, @Nullable Double rate) {
        job.rate = rate;
        job.pace = job.pace == null || rate == null ? null : job.pace.at(rate);
        job.meter.excuse(time.now() + EXCUSED);
        for (var shard : job.shards) {
            shard.winners.values().forEach(run -> {
                run.uncertain = true;
                run.untold = true;
            });
        }
        committed();
    }

    private void excuseRates(long micros) {
        jobs.forEach(job -> job.meter.excuse(time.now() + micros));
    }

    public boolean mayClaim(JobRow job) {
        return job.state == JobState.RUNNING && fleet == DesiredState.RUN;
    }

    private void flushRegularly() {
        committed();
        time.after(FLUSH_EVERY, this::flushRegularly);
    }

    /** Takes a commit back. */
    interface Undo {
        void undo();
    }

    /** When a worker was seen last. */
    public record Seen(int slots, long at) {}

    /** The leader's lease. */
    public static final class Lead {
        public String holder = "";
        public long epoch;
        public long until = Long.MIN_VALUE;
    }
}
