package dev.backfleet.worker.execute;

import dev.backfleet.worker.execute.ShardExecutor.Surroundings;
import dev.backfleet.worker.execute.ShardLeases.Standing;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.ShardStateMachine.Situation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a slot does with a claimed shard, from the claim to the last word about it: asks the store what {@link ShardStateMachine}
 * decides to ask, and tells it what came of it. It does one {@link #step} at a time and waits for nothing by itself, so that
 * a thread can walk through it, and so can a simulation of a whole fleet.
 */
public final class ShardExecution {
    private static final Logger LOG = LoggerFactory.getLogger(ShardExecution.class);

    // Long enough for whoever puts the wish into effect to carve the tenant out.
    private static final RunOutcome TENANT_PAUSED =
            new RunOutcome.GiveBack(RunOutcome.Why.STOPPED, Duration.ofSeconds(1));

    private final Claim claim;
    private final ShardStateMachine run;
    private final WorkReports.Report report;
    private final Surroundings around;
    private final Consumer<BatchSizer> fitting;
    private final TenantWatch tenants;
    private @Nullable RunOutcome decided;
    private double owed;
    private boolean over;

    ShardExecution(
            Claim claim,
            ShardStateMachine run,
            WorkReports.Report report,
            Surroundings around,
            Consumer<BatchSizer> fitting) {
        this.claim = claim;
        this.run = run;
        this.report = report;
        this.around = around;
        this.fitting = fitting;
        this.tenants = new TenantWatch(claim);
    }

    /** How it ended; nothing as long as there is something to do. */
    public Optional<RunOutcome> ending() {
        return over ? Optional.ofNullable(decided) : Optional.empty();
    }

    /**
     * Does what is next. The step after it must wait until the question of this one, if it asked one, was answered or
     * refused.
     *
     * @return how long to do nothing before the step after it
     */
    public Duration step(Asking asking) {
        if (decided != null) {
            say(decided, asking);
            return Duration.ZERO;
        }
        var unknown = tenants.unknown(
                () -> around.control().get().pausedTenants(claim.shard().job()));
        if (unknown.isPresent()) {
            var tenant = unknown.get();
            // Unknown is not leave to go on.
            asking.ask(
                    database -> database.ranges().reaches(claim, tenant),
                    reached -> tenants.found(tenant, reached),
                    refused -> tenants.found(tenant, true));
            return Duration.ZERO;
        }
        var step = tenants.mustStop() ? new Step.End(TENANT_PAUSED) : run.next(situation());
        if (step instanceof Step.Wait wait) {
            return wait.duration();
        }
        perform(step, asking);
        return Duration.ZERO;
    }

    private void perform(Step step, Asking asking) {
        if (step instanceof Step.Batch batch) {
            batch(batch, asking);
        } else if (step instanceof Step.Quarantine row) {
            quarantine(row, asking);
        } else if (step instanceof Step.Reserve reserve) {
            asking.ask(
                    database -> database.leases().reserve(claim, reserve),
                    answer -> run.reserved(reserve, answer, now()),
                    this::refused);
        } else if (step instanceof Step.Renew) {
            var before = now();
            asking.ask(database -> database.leases().renew(claim), held -> renewed(held, before), this::refused);
        } else if (step instanceof Step.ReadBack) {
            asking.ask(database -> database.leases().readBack(claim), this::readBack, this::refused);
        } else if (step instanceof Step.End end) {
            fitting.accept(run.sizer());
            owed = run.owed(now());
            decided = end.ending();
        }
    }

    private void batch(Step.Batch batch, Asking asking) {
        var started = now();
        asking.ask(database -> database.ranges().batch(claim, batch), result -> batched(result, now().minus(started)), this::refused);
    }

    private void batched(Optional<BatchResult> result, Duration took) {
        if (result.isPresent()) {
            report.committed(result.get(), took);
            run.moved(result.get(), took, situation());
        } else {
            fenced();
        }
    }

    private void quarantine(Step.Quarantine row, Asking asking) {
        var before = now();
        asking.ask(
                database -> database.ranges().quarantine(claim, row),
                aside -> aside.ifPresentOrElse(put -> putAside(row, put, before), this::fenced),
                this::refused);
    }

    private void putAside(Step.Quarantine row, QuarantineResult aside, Duration before) {
        report.putAside(aside, row.failure());
        run.putAside(aside, before);
    }

    private void fenced() {
        report.fenced();
        run.refused(now());
    }

    private void renewed(boolean held, Duration before) {
        if (held) {
            run.renewed(before);
        } else {
            run.refused(before);
        }
    }

    private void readBack(Standing standing) {
        if (standing instanceof Standing.Held held) {
            run.confirmed(held.cursor());
        } else if (standing instanceof Standing.Changed changed) {
            run.failed(changed.failure(), now());
        } else {
            run.fenced();
        }
    }

    private void refused(RefusedException refusal) {
        report.failed(refusal.failure());
        run.failed(refusal.failure(), now());
    }

    // What is owed is said before the shard is somebody else's. Neither is said again.
    private void say(RunOutcome ending, Asking asking) {
        if (owed != 0) {
            pay(asking);
        } else if (ending instanceof RunOutcome.GiveBack giveBack) {
            tell(leases -> leases.giveBack(claim, giveBack.delay()), ending, asking);
        } else if (ending instanceof RunOutcome.Fail fail) {
            tell(leases -> leases.fail(claim, fail.failure()), ending, asking);
        } else if (ending instanceof RunOutcome.PauseJob pause) {
            tell(leases -> leases.pauseJob(claim, pause.failure()), ending, asking);
        } else if (ending instanceof RunOutcome.HaltJob halt) {
            tell(leases -> leases.haltJob(claim, halt.failure()), ending, asking);
        } else {
            end(ending);
        }
    }

    // A fleet that has died leaves no debts: less than a batch for each slot is at stake.
    private void pay(Asking asking) {
        var rows = owed;
        owed = 0;
        asking.ask(said(leases -> leases.settle(claim, rows)), done -> {}, refusal -> LOG.atDebug()
                .addKeyValue("job", claim.shard().job())
                .addKeyValue("rows", rows)
                .log("rows could not be settled"));
    }

    // What cannot be told now, the end of the lease tells.
    private void tell(Consumer<ShardLeases> word, RunOutcome ending, Asking asking) {
        asking.ask(said(word), done -> end(ending), refusal -> {
            LOG.atWarn()
                    .addKeyValue("job", claim.shard().job())
                    .addKeyValue("shard", claim.shard().number())
                    .addKeyValue("epoch", claim.epoch())
                    .addKeyValue("code", refusal.failure().code())
                    .log("the shard could not be given back; its lease will expire");
            end(ending);
        });
    }

    private static Function<ShardAccess, Boolean> said(Consumer<ShardLeases> word) {
        return database -> {
            word.accept(database.leases());
            return true;
        };
    }

    private void end(RunOutcome ending) {
        over = true;
        report.ended(ending);
    }

    private Situation situation() {
        return new Situation(
                now(),
                around.control().get().mayRun(claim.shard().job()),
                around.stopping().getAsBoolean());
    }

    private Duration now() {
        return around.ticker().now();
    }

    /** The way to the store. */
    @FunctionalInterface
    public interface Asking {
        /**
         * Asks one question, and passes on what came of it: one of both, once, now or later.
         *
         * @param question calls the store once
         * @param answered gets the answer
         * @param refused is told that the database refused, or could not be reached
         */
        <T> void ask(Function<ShardAccess, T> question, Consumer<T> answered, Consumer<RefusedException> refused);
    }
}
