package dev.backfleet.worker.execute;

import dev.backfleet.worker.execute.ShardExecutor.Context;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.Situation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a slot does with a claimed shard, from the claim until its end is stored: performs the steps that {@link ShardStateMachine}
 * decides, and reports the results to it. It does one {@link #step} at a time and never waits itself, so that a thread can
 * drive it, and so can a simulation of a whole fleet.
 */
public final class ShardRun {
    private static final Logger LOG = LoggerFactory.getLogger(ShardRun.class);

    // Long enough for the coordinator to split the tenant's rows into shards of their own.
    private static final RunOutcome TENANT_PAUSED =
            new RunOutcome.GiveBack(RunOutcome.Reason.STOPPED, Duration.ofSeconds(1));

    private final Claim claim;
    private final ShardStateMachine machine;
    private final WorkReports.Report report;
    private final Context context;
    private final Consumer<BatchSizer> fittingSize;
    private final TenantWatch tenants;
    private @Nullable RunOutcome decided;
    private double debt;
    private boolean over;

    ShardRun(
            Claim claim,
            ShardStateMachine machine,
            WorkReports.Report report,
            Context context,
            Consumer<BatchSizer> fittingSize) {
        this.claim = claim;
        this.machine = machine;
        this.report = report;
        this.context = context;
        this.fittingSize = fittingSize;
        this.tenants = new TenantWatch(claim);
    }

    /** How the run ended; empty while there is something to do. */
    public Optional<RunOutcome> outcome() {
        return over ? Optional.ofNullable(decided) : Optional.empty();
    }

    /**
     * Performs the next step. If it sends a statement, the step after it must wait until that was answered, or has failed.
     *
     * @return how long to wait before the step after it
     */
    public Duration step(Requests requests) {
        if (decided != null) {
            store(decided, requests);
            return Duration.ZERO;
        }
        var unknown = tenants.unknown(
                () -> context.control().get().pausedTenants(claim.shard().job()));
        if (unknown.isPresent()) {
            var tenant = unknown.get();
            // If this cannot be found out, the shard must not go on.
            requests.send(
                    database -> database.ranges().reaches(claim, tenant),
                    reached -> tenants.found(tenant, reached),
                    failed -> tenants.found(tenant, true));
            return Duration.ZERO;
        }
        var step = tenants.mustStop() ? new Step.End(TENANT_PAUSED) : machine.next(situation());
        if (step instanceof Step.Wait wait) {
            return wait.duration();
        }
        perform(step, requests);
        return Duration.ZERO;
    }

    private void perform(Step step, Requests requests) {
        if (step instanceof Step.Batch batch) {
            batch(batch, requests);
        } else if (step instanceof Step.Quarantine row) {
            quarantine(row, requests);
        } else if (step instanceof Step.Reserve reserve) {
            requests.send(
                    database -> database.leases().reserve(claim, reserve),
                    answer -> machine.reserved(reserve, answer, now()),
                    this::failed);
        } else if (step instanceof Step.Renew) {
            var before = now();
            requests.send(database -> database.leases().renew(claim), held -> renewed(held, before), this::failed);
        } else if (step instanceof Step.ReadBack) {
            requests.send(database -> database.leases().readBack(claim), this::readBack, this::failed);
        } else if (step instanceof Step.End end) {
            fittingSize.accept(machine.sizer());
            debt = machine.debt(now());
            decided = end.outcome();
        }
    }

    private void batch(Step.Batch batch, Requests requests) {
        var started = now();
        requests.send(
                database -> database.ranges().batch(claim, batch),
                result -> batched(result, now().minus(started)),
                this::failed);
    }

    private void batched(Optional<BatchResult> result, Duration took) {
        if (result.isPresent()) {
            report.committed(result.get(), took);
            machine.committed(result.get(), took, situation());
        } else {
            fenceFailed();
        }
    }

    private void quarantine(Step.Quarantine row, Requests requests) {
        var before = now();
        requests.send(
                database -> database.ranges().quarantine(claim, row),
                result -> result.ifPresentOrElse(done -> quarantined(row, done, before), this::fenceFailed),
                this::failed);
    }

    private void quarantined(Step.Quarantine row, QuarantineResult result, Duration before) {
        report.quarantined(result, row.failure());
        machine.quarantined(result, before);
    }

    private void fenceFailed() {
        report.fenceFailed();
        machine.fenceFailed(now());
    }

    private void renewed(boolean held, Duration before) {
        if (held) {
            machine.renewed(before);
        } else {
            machine.fenceFailed(before);
        }
    }

    private void readBack(ClaimStatus status) {
        if (status instanceof ClaimStatus.Held held) {
            machine.confirmed(held.cursor());
        } else if (status instanceof ClaimStatus.Changed changed) {
            machine.failed(changed.failure(), now());
        } else {
            machine.leaseLost();
        }
    }

    private void failed(StatementFailedException thrown) {
        report.failed(thrown.failure());
        machine.failed(thrown.failure(), now());
    }

    // The debt is charged before another worker can claim the shard. It is not repeated.
    private void store(RunOutcome outcome, Requests requests) {
        if (debt != 0) {
            settle(requests);
        } else if (outcome instanceof RunOutcome.GiveBack giveBack) {
            write(leases -> leases.giveBack(claim, giveBack.delay()), outcome, requests);
        } else if (outcome instanceof RunOutcome.Stuck stuck) {
            write(leases -> leases.putBack(claim, stuck.delay(), stuck.failure()), outcome, requests);
        } else if (outcome instanceof RunOutcome.Fail fail) {
            write(leases -> leases.fail(claim, fail.failure()), outcome, requests);
        } else if (outcome instanceof RunOutcome.PauseJob pause) {
            write(leases -> leases.pauseJob(claim, pause.failure()), outcome, requests);
        } else if (outcome instanceof RunOutcome.HaltJob halt) {
            write(leases -> leases.haltJob(claim, halt.failure()), outcome, requests);
        } else {
            end(outcome);
        }
    }

    // If this is lost, less than a batch of each slot is charged wrongly.
    private void settle(Requests requests) {
        var rows = debt;
        debt = 0;
        requests.send(answering(leases -> leases.settle(claim, rows)), done -> {}, failed -> LOG.atDebug()
                .addKeyValue("job", claim.shard().job())
                .addKeyValue("rows", rows)
                .log("the rows could not be charged to the job's rate"));
    }

    // If it cannot be stored now, the lease expires, and the shard is dispatched again.
    private void write(Consumer<ShardLeases> statement, RunOutcome outcome, Requests requests) {
        requests.send(answering(statement), done -> end(outcome), failed -> {
            LOG.atWarn()
                    .addKeyValue("job", claim.shard().job())
                    .addKeyValue("shard", claim.shard().number())
                    .addKeyValue("epoch", claim.epoch())
                    .addKeyValue("code", failed.failure().code())
                    .log("the shard could not be given back; its lease will expire");
            end(outcome);
        });
    }

    private static Function<ShardAccess, Boolean> answering(Consumer<ShardLeases> statement) {
        return database -> {
            statement.accept(database.leases());
            return true;
        };
    }

    private void end(RunOutcome outcome) {
        over = true;
        report.ended(outcome);
    }

    private Situation situation() {
        return new Situation(
                now(),
                context.control().get().mayRun(claim.shard().job()),
                context.stopping().getAsBoolean());
    }

    private Duration now() {
        return context.ticker().now();
    }

    /** Sends statements to the database. */
    @FunctionalInterface
    public interface Requests {
        /**
         * Sends one statement, and passes on its result: exactly one of both consumers is called, once, now or later.
         *
         * @param request calls a port once
         * @param answered gets the answer
         * @param failed is called if the database rejected the statement, or is unreachable
         */
        <T> void send(
                Function<ShardAccess, T> request, Consumer<T> answered, Consumer<StatementFailedException> failed);
    }
}
