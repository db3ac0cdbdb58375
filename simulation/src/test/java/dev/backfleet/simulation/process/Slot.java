package dev.backfleet.simulation.process;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.task.Task;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.simulation.server.Answer;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Request;
import dev.backfleet.simulation.time.Timeline;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardRun;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A slot: takes the steps of the real {@link ShardRun}, as a thread of {@code ShardExecutor} does, but waits for nothing. */
final class Slot {
    private static final Failure AWAY = new Failure(ErrorKind.TRANSIENT, "08004", "not asked");

    // Microseconds between two checks of a consumer that waits for the database.
    private static final long CHECKS_EVERY = 200_000;

    private final WorkerProcess worker;
    private final Timeline time;
    private boolean free = true;

    Slot(WorkerProcess worker) {
        this.worker = worker;
        this.time = worker.server.time;
    }

    boolean isFree() {
        return free;
    }

    void take(Task task) {
        free = false;
        time.after(worker.faultModel.latency(), worker.node, () -> claim(task));
    }

    // As TaskConsumer does.
    private void claim(Task task) {
        if (!worker.view().mayRun(task.shard().job())) {
            end();
            return;
        }
        var run = new Run();
        this.<Optional<Claim>>send(
                run,
                database -> database.leases().claim(task),
                claim -> claim.ifPresentOrElse(won -> begin(won, run), this::end),
                failure -> claimAgain(task, failure));
    }

    private void claimAgain(Task task, Failure failure) {
        if (!failure.isOfUnavailableDatabase() || worker.isStopping()) {
            end();
        } else if (worker.reachesDatabase()) {
            claim(task);
        } else {
            time.after(CHECKS_EVERY, worker.node, () -> claimAgain(task, failure));
        }
    }

    private void begin(Claim claim, Run run) {
        worker.failpoint();
        step(new Work(worker.executor().begin(claim), claim, run));
    }

    private void step(Work now) {
        now.asked = false;
        var rest = now.shardRun.step(now);
        if (now.shardRun.outcome().isPresent()) {
            reckon(now);
            end();
        } else if (!now.asked) {
            // At least a microsecond: otherwise virtual time would not advance.
            time.after(rest.toNanos() / 1_000 + 1, worker.node, () -> step(now));
        }
    }

    /** A run with only known outcomes has reserved exactly the rows that it changed. */
    private void reckon(Work now) {
        var run = now.run;
        run.loseCredit(time.now());
        if (!run.uncertain && run.limited && Math.abs(run.paid - run.changed) > 1e-6) {
            throw new Violation("a run in shard " + now.claim.shard() + " changed " + run.changed
                    + " rows of a limited job and paid for " + run.paid);
        }
    }

    private void end() {
        free = true;
        worker.endIfIdle();
    }

    // As GuardedDatabase does, but it repeats nothing.
    private <T> void send(Run run, Function<ShardAccess, T> question, Consumer<T> answered, Consumer<Failure> refused) {
        if (worker.sparesDatabase()) {
            time.after(1, worker.node, () -> refused.accept(AWAY));
            return;
        }
        var unknown = run.unknown;
        worker.link.ask(
                (Answer<T> answer) -> {
                    var request = new Request(worker.server, run, unknown, erased(answer));
                    var unused = question.apply(new ShardAccess(request, request));
                },
                answered,
                failure -> {
                    if (failure.kind() == ErrorKind.CONNECTION_LOST) {
                        worker.lostDatabase();
                    }
                    refused.accept(failure);
                });
    }

    @SuppressWarnings("unchecked") // the question decides what it is answered with
    private static Answer<Object> erased(Answer<?> answer) {
        return (Answer<Object>) answer;
    }

    /** What the slot works on. */
    private final class Work implements ShardRun.Requests {
        final ShardRun shardRun;
        final Claim claim;
        final Run run;
        boolean asked;

        Work(ShardRun shardRun, Claim claim, Run run) {
            this.shardRun = shardRun;
            this.claim = claim;
            this.run = run;
        }

        // Between the decision and the request a process may be frozen for as long as it pleases.
        @Override
        public <T> void send(
                Function<ShardAccess, T> question, Consumer<T> answered, Consumer<StatementFailedException> refused) {
            asked = true;
            worker.failpoint();
            time.after(
                    worker.faultModel.pick(300),
                    worker.node,
                    () -> Slot.this.<T>send(
                            run,
                            question,
                            answer -> {
                                run.heard |= answer instanceof Optional;
                                answered.accept(answer);
                                step(this);
                            },
                            failure -> {
                                run.unknown |= Link.isUnknown(failure);
                                // What was not even sent was not settled either.
                                run.uncertain |= failure.kind() == ErrorKind.CONNECTION_LOST || failure.equals(AWAY);
                                refused.accept(new StatementFailedException(failure, null));
                                step(this);
                            }));
        }
    }
}
