package dev.backfleet.worker.execute;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Both ports in memory, held to their contracts. A test may put up other answers for the next calls, and refusals; every call
 * is remembered.
 */
public final class FakeShards implements ShardLeases, RangeWorker, ShardFixture {
    private final Map<ShardId, FakeShard> shards = new HashMap<>();
    private final Deque<Supplier<Object>> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();

    /** The next call gets this answer, whatever is stored. */
    public FakeShards answers(Object answer) {
        answers.add(() -> answer);
        return this;
    }

    /** The next call is refused with a SQLSTATE. */
    public FakeShards refuses(String code) {
        answers.add(() -> {
            throw Samples.refused(code);
        });
        return this;
    }

    /** What was asked, in order. */
    public List<String> asked() {
        return asked;
    }

    @Override
    public ShardAccess access() {
        return new ShardAccess(this, this);
    }

    @Override
    public Optional<Claim> claim(Task task) {
        return answer("claim " + task.shard(), () -> Optional.ofNullable(shards.get(task.shard()))
                .flatMap(shard -> shard.claim(task)));
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return answer("batch " + batch.cursor().values() + " " + batch.rows(), () -> held(claim)
                .flatMap(shard -> shard.batch(batch)));
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return answer(
                "quarantine " + row.cursor().values() + " " + row.failure().code(),
                () -> held(claim).flatMap(shard -> shard.quarantine(row)));
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        return answer(
                "reserve " + request.rows() + " " + request.debt(),
                () -> new Reservation(true, Duration.ZERO, claim.limits()));
    }

    @Override
    public void settle(Claim claim, double rows) {
        answer("settle " + rows, () -> true);
    }

    @Override
    public ClaimStatus readBack(Claim claim) {
        return answer("readBack", () -> held(claim).map(FakeShard::status).orElseGet(ClaimStatus.Lost::new));
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return answer("reaches " + tenant, () -> false);
    }

    @Override
    public boolean renew(Claim claim) {
        return answer("renew", () -> held(claim).isPresent());
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        end("giveBack " + delay, claim, shard -> shard.state = ShardState.PENDING);
    }

    @Override
    public void putBack(Claim claim, Duration delay, Failure failure) {
        end("putBack " + delay + " " + failure.code(), claim, shard -> shard.state = ShardState.PENDING);
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        end("fail " + failure.code(), claim, shard -> shard.state = ShardState.FAILED);
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        end("pauseJob " + failure.code(), claim, shard -> shard.stopJob(JobState.PAUSING));
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        end("haltJob " + failure.code(), claim, shard -> shard.stopJob(JobState.HALTED));
    }

    private void end(String call, Claim claim, Consumer<FakeShard> change) {
        answer(call, () -> {
            held(claim).ifPresent(change);
            return true;
        });
    }

    private Optional<FakeShard> held(Claim claim) {
        return Optional.ofNullable(shards.get(claim.shard())).filter(shard -> shard.isHeldBy(claim));
    }

    @SuppressWarnings("unchecked") // the test puts up what fits the call
    private <T> T answer(String call, Supplier<T> stored) {
        asked.add(call);
        var next = answers.poll();
        return next == null ? stored.get() : (T) next.get();
    }

    @Override
    public Task dispatched(int rows) {
        var id = new ShardId(shards.size() + 1L, 1);
        shards.put(id, new FakeShard(id, rows));
        return new Task(id, 1);
    }

    @Override
    public Task inPasses(int rows, int passes) {
        var task = dispatched(rows);
        shard(task.shard()).passes = passes;
        return task;
    }

    @Override
    public Task comparing(int rows, Set<Integer> wrong) {
        var id = new ShardId(shards.size() + 1L, 1);
        shards.put(id, new FakeShard(id, rows, true, wrong, Set.of()));
        return new Task(id, 1);
    }

    @Override
    public Task copying(int rows, Set<Integer> present) {
        var id = new ShardId(shards.size() + 1L, 1);
        shards.put(id, new FakeShard(id, rows, false, Set.of(), present));
        return new Task(id, 1);
    }

    @Override
    public long found(ShardId shard) {
        return shard(shard).found();
    }

    @Override
    public Task dispatchedAgain(Task task) {
        return shard(task.shard()).dispatchAgain();
    }

    @Override
    public void reap(ShardId shard) {
        shard(shard).state = ShardState.PENDING;
    }

    @Override
    public void stopJob(ShardId shard) {
        shard(shard).job = JobState.PAUSING;
    }

    @Override
    public void reject(ShardId shard, int row) {
        shard(shard).rejected.add(row);
    }

    @Override
    public void setErrorBudget(ShardId shard, int rows) {
        shard(shard).budget = rows;
    }

    @Override
    public void replaceTable(ShardId shard) {
        shard(shard).tableReplaced = true;
    }

    @Override
    public Stored stored(ShardId shard) {
        return shard(shard).stored();
    }

    private FakeShard shard(ShardId id) {
        return Optional.ofNullable(shards.get(id)).orElseThrow();
    }
}
