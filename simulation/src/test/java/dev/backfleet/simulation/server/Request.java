package dev.backfleet.simulation.server;

import dev.backfleet.common.task.Task;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.ShardLeases;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Optional;

/**
 * Both ports as one statement finds them that has arrived at the server: it begins to run, and the answer comes when it is
 * done. What the methods return means nothing.
 */
public final class Request implements ShardLeases, RangeWorker {
    private final Server server;
    private final Run run;
    private final boolean unknown;
    private final Answer<Object> answer;

    public Request(Server server, Run run, boolean unknown, Answer<Object> answer) {
        this.unknown = unknown;
        this.server = server;
        this.run = run;
        this.answer = answer;
    }

    @SuppressWarnings("unchecked") // each method answers with what it is declared to return
    private <T> Answer<T> answer() {
        return (Answer<T>) answer;
    }

    @Override
    public Optional<Claim> claim(Task task) {
        server.shardStatements.claim(task, run, answer());
        return Optional.empty();
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        Laws.beforeAsking(claim, unknown);
        server.batchStatement.run(claim, batch, run, answer());
        return Optional.empty();
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        Laws.beforeAsking(claim, unknown);
        server.quarantineStatement.run(claim, row, run, answer());
        return Optional.empty();
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        var reservation = server.rateStatements.reserve(claim, request, run);
        answer.done(reservation);
        return reservation;
    }

    @Override
    public void settle(Claim claim, double rows) {
        server.rateStatements.settle(claim, rows, run);
        answer.done(true);
    }

    @Override
    public boolean renew(Claim claim) {
        server.shardStatements.renew(claim, answer());
        return false;
    }

    @Override
    public ClaimStatus readBack(Claim claim) {
        run.unknown = false;
        var believed = run.believed;
        var standing = server.mutant == Mutant.MEMORY_TRUSTED && believed != null
                ? new ClaimStatus.Held(believed)
                : server.shardStatements.readBack(claim);
        answer.done(standing);
        return standing;
    }

    @Override
    public void putBack(Claim claim, Duration delay, Failure failure) {
        giveBack(claim, delay);
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        server.shardStatements.giveBack(claim, delay, answer());
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        server.shardStatements.fail(claim, answer());
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        server.shardStatements.pauseJob(claim, answer());
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        if (!server.job(claim.shard().job()).tableReplaced) {
            throw new Violation("a job was halted though its table is as it was");
        }
        server.shardStatements.haltJob(claim, answer());
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        var reached = server.shardStatements.reaches(claim, tenant);
        answer.done(reached);
        return reached;
    }
}
