package dev.backfleet.simulation.server;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Point;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.row.Table;
import dev.backfleet.simulation.time.Timeline;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardFixture;
import dev.backfleet.worker.execute.ShardLeases;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The simulated server for the contract tests, in calm weather: a call takes steps in time until it is answered. */
final class SimulatedShards implements ShardFixture {
    private static final int MOST_STEPS = 10_000;

    private final Random random = new Random(1);
    private final Timeline time = new Timeline();
    private final FaultModel faultModel = new FaultModel(random, time);
    private final Server server;
    private final Map<Object, Run> runs = new HashMap<>();

    SimulatedShards(Mutant mutant) {
        faultModel.endFaults();
        server = new Server(time, random, faultModel, mutant);
    }

    @Override
    public ShardAccess access() {
        return new ShardAccess(port(ShardLeases.class), port(RangeWorker.class));
    }

    private <T> T port(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> ask(method, args)));
    }

    private @Nullable Object ask(Method method, Object[] args) throws Throwable {
        var run = runs.getOrDefault(args[0], new Run());
        var waiting = new Waiting();
        try {
            method.invoke(new Request(server, run, false, waiting), args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        var answer = waiting.answer();
        if (answer instanceof Optional<?> claimed && claimed.isPresent() && claimed.get() instanceof Claim claim) {
            runs.put(claim, run);
        }
        return method.getReturnType() == void.class ? null : answer;
    }

    @Override
    public Task dispatched(int rows) {
        return dispatched(new Table(rows, false, 0, random), rows, JobRow.Kind.UPDATES);
    }

    @Override
    public Task inPasses(int rows, int passes) {
        var task = dispatched(rows);
        server.job(task.shard().job()).passes = passes;
        return task;
    }

    @Override
    public Task comparing(int rows, Set<Integer> wrong) {
        return dispatched(Table.wanting(rows, wrong), rows, JobRow.Kind.COMPARES);
    }

    @Override
    public Task copying(int rows, Set<Integer> present) {
        var wanted = IntStream.rangeClosed(1, rows)
                .filter(row -> !present.contains(row))
                .boxed()
                .collect(Collectors.toSet());
        return dispatched(Table.wanting(rows, wanted), rows, JobRow.Kind.COPIES);
    }

    private Task dispatched(Table table, int rows, JobRow.Kind kind) {
        var job = new JobRow(server.jobs.size() + 1L, table, kind, 4, 1, 1_000);
        var shard = new ShardRow(job, Point.START, job.table.after(rows));
        job.shards.add(shard);
        server.jobs.add(job);
        return dispatchedAgain(new Task(shard.id, 0));
    }

    @Override
    public Task dispatchedAgain(Task task) {
        var shard = server.shard(task.shard());
        shard.state = ShardState.DISPATCHED;
        shard.dispatch = task.dispatch() + 1;
        return new Task(shard.id, shard.dispatch);
    }

    @Override
    public void reap(ShardId shard) {
        server.shard(shard).state = ShardState.PENDING;
    }

    @Override
    public void stopJob(ShardId shard) {
        server.job(shard.job()).move(List.of(JobState.RUNNING), JobState.PAUSING);
    }

    @Override
    public void reject(ShardId shard, int row) {
        server.job(shard.job()).quarantine.spoil(row);
    }

    @Override
    public void setErrorBudget(ShardId shard, int rows) {
        server.job(shard.job()).quarantine.permit(rows);
    }

    @Override
    public void replaceTable(ShardId shard) {
        server.job(shard.job()).tableReplaced = true;
    }

    @Override
    public Stored stored(ShardId id) {
        var shard = server.shard(id);
        return new Stored(
                shard.job.state,
                shard.state,
                shard.epoch,
                shard.state == ShardState.RUNNING && shard.leaseUntil > server.clock(),
                shard.walked,
                shard.changed,
                shard.job.quarantine.counted,
                shard.job.compares ? 0 : Arrays.stream(shard.job.changes).sum());
    }

    @Override
    public long found(ShardId id) {
        var job = server.job(id.job());
        return (long) Arrays.stream(job.changes).sum() + job.quarantine.counted;
    }

    /** Waits for an answer in virtual time. */
    private final class Waiting implements Answer<Object> {
        private @Nullable Object result;
        private @Nullable Failure failure;

        Object answer() {
            for (var i = 0; i < MOST_STEPS && result == null && failure == null; i++) {
                time.step();
            }
            if (failure != null) {
                throw new StatementFailedException(failure, null);
            }
            return Optional.ofNullable(result).orElseThrow();
        }

        @Override
        public void done(Object answer) {
            result = answer;
        }

        @Override
        public void failed(Failure why) {
            failure = why;
        }
    }
}
