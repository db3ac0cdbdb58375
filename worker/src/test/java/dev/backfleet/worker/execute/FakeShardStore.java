package dev.backfleet.worker.execute;

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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A store that answers what the test has put up, and remembers what it was asked. */
public final class FakeShardStore implements ShardStore {
    private final Deque<Supplier<Object>> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();

    /** The next call gets this answer. */
    public FakeShardStore answers(Object answer) {
        answers.add(() -> answer);
        return this;
    }

    /** The next call is refused with a SQLSTATE. */
    public FakeShardStore refuses(String code) {
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
    @SuppressWarnings("unchecked") // the test puts up what fits the call
    public Optional<Claim> claim(Task task) {
        return (Optional<Claim>) answer("claim " + task.shard(), Optional.empty());
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return (Optional<BatchResult>)
                answer("batch " + batch.cursor().values() + " " + batch.rows(), Optional.empty());
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return (Optional<QuarantineResult>) answer(
                "quarantine " + row.cursor().values() + " " + row.failure().code(), Optional.empty());
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        return (Reservation) answer(
                "reserve " + request.rows() + " " + request.owed(),
                new Reservation(true, Duration.ZERO, claim.terms()));
    }

    @Override
    public void settle(Claim claim, double rows) {
        answer("settle " + rows, true);
    }

    @Override
    public Standing readBack(Claim claim) {
        return (Standing) answer("readBack", new Standing.Lost());
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return (Boolean) answer("reaches " + tenant, false);
    }

    @Override
    public boolean renew(Claim claim) {
        return (Boolean) answer("renew", true);
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        answer("giveBack " + delay, true);
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        answer("fail " + failure.code(), true);
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        answer("pauseJob " + failure.code(), true);
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        answer("haltJob " + failure.code(), true);
    }

    private Object answer(String call, Object byDefault) {
        asked.add(call);
        var next = answers.poll();
        return next == null ? byDefault : next.get();
    }
}
