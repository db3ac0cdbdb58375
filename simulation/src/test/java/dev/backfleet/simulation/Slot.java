package dev.backfleet.simulation;

import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.BatchResult;
import dev.backfleet.worker.execute.BatchSizer;
import dev.backfleet.worker.execute.Claim;
import dev.backfleet.worker.execute.Ending;
import dev.backfleet.worker.execute.Failure;
import dev.backfleet.worker.execute.ShardRun;
import dev.backfleet.worker.execute.ShardStore.Standing;
import dev.backfleet.worker.execute.Step;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A slot: does what {@link ShardRun} decides, as {@code ShardRunner} does, without waiting for anything. */
final class Slot {
    private final WorkerProcess worker;
    private final Timeline time;
    private final ShardStatements statements;
    private final BatchStatement batches;
    private boolean free = true;

    Slot(WorkerProcess worker) {
        this.worker = worker;
        this.time = worker.server.time;
        this.statements = new ShardStatements(worker.server);
        this.batches = new BatchStatement(worker.server);
    }

    boolean isFree() {
        return free;
    }

    void take(Task task) {
        free = false;
        time.after(worker.weather.latency(), worker.node, () -> claim(task));
    }

    private void claim(Task task) {
        if (!worker.view().mayRun(task.shard().job())) {
            end();
            return;
        }
        var asked = time.monotonic();
        var winner = new Object();
        worker.link.<Optional<Claim>>ask(
                answer -> statements.claim(task, winner, answer),
                claim -> claim.ifPresentOrElse(won -> begin(won, winner, asked), this::end),
                failure -> end());
    }

    private void begin(Claim claim, Object winner, Duration asked) {
        var definition = claim.definition();
        var run = new ShardRun(
                claim,
                worker.limits,
                BatchSizer.starting(definition.batchDuration(), definition.batchMaxRows()),
                failures -> Duration.ofMillis(50L << Math.min(failures, 5)),
                asked);
        var begun = new Work(claim, winner, run);

        worker.failpoint();
        time.after(worker.weather.pick(300), worker.node, () -> step(begun));
    }

    private void step(Work now) {
        var step = now.run.next(situation(now));
        if (step instanceof Step.Batch batch) {
            batch(now, batch);
        } else if (step instanceof Step.Wait wait) {
            time.after(wait.duration().toNanos() / 1_000, worker.node, () -> step(now));
        } else if (step instanceof Step.Renew) {
            renew(now);
        } else if (step instanceof Step.ReadBack) {
            readBack(now);
        } else if (step instanceof Step.End end) {
            settle(now, end.ending());
        } else {
            throw new Violation("an unlimited job asked for rows of its rate");
        }
    }

    // Between the decision and the request a process may be frozen for as long as it pleases.
    private void batch(Work now, Step.Batch batch) {
        now.believed = batch;
        worker.failpoint();
        time.after(worker.weather.pick(300), worker.node, () -> send(now, batch));
    }

    private void send(Work now, Step.Batch batch) {
        var sent = time.monotonic();
        worker.link.<Optional<BatchResult>>ask(
                answer -> batches.run(now.claim, batch, now.winner, answer),
                result -> {
                    if (result.isPresent()) {
                        now.run.moved(result.get(), time.monotonic().minus(sent), situation(now));
                    } else {
                        now.run.refused(time.monotonic());
                    }
                    step(now);
                },
                failure -> failed(now, failure));
    }

    private void renew(Work now) {
        var sent = time.monotonic();
        worker.link.<Boolean>ask(
                answer -> statements.renew(now.claim, answer),
                held -> {
                    if (held) {
                        now.run.renewed(sent);
                    } else {
                        now.run.refused(sent);
                    }
                    step(now);
                },
                failure -> failed(now, failure));
    }

    private void readBack(Work now) {
        if (worker.server.mutant == Mutant.MEMORY_TRUSTED && now.believed != null) {
            now.run.confirmed(now.believed.cursor());
            step(now);
            return;
        }
        worker.link.<Standing>ask(
                answer -> answer.done(statements.readBack(now.claim)),
                standing -> {
                    if (standing instanceof Standing.Held held) {
                        now.run.confirmed(held.cursor());
                    } else {
                        now.run.fenced();
                    }
                    step(now);
                },
                failure -> failed(now, failure));
    }

    private void failed(Work now, Failure failure) {
        now.run.failed(failure, time.monotonic());
        step(now);
    }

    private void settle(Work now, Ending ending) {
        if (ending instanceof Ending.GiveBack giveBack) {
            worker.link.<Boolean>ask(
                    answer -> statements.giveBack(now.claim, giveBack.delay(), answer),
                    done -> end(),
                    failure -> end());
        } else if (ending instanceof Ending.Done || ending instanceof Ending.Fenced) {
            end();
        } else {
            throw new Violation("a run without data errors ended with " + ending);
        }
    }

    private void end() {
        free = true;

        worker.endIfIdle();
    }

    private ShardRun.Situation situation(Work now) {
        var mayRun = worker.server.mutant == Mutant.PAUSE_CHECKED_ONLY_AT_CLAIM
                || worker.view().mayRun(now.claim.shard().job());
        return new ShardRun.Situation(time.monotonic(), mayRun, worker.isStopping());
    }

    /** What the slot works on. */
    private static final class Work {
        final Claim claim;
        final Object winner;
        final ShardRun run;
        Step.@Nullable Batch believed;

        Work(Claim claim, Object winner, ShardRun run) {
            this.claim = claim;
            this.winner = winner;
            this.run = run;
        }
    }
}
