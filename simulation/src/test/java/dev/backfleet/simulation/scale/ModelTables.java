package dev.backfleet.simulation.scale;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.FleetLoad;
import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.ProgressMeter;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.duty.Rollouts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The control schema as far as the leader's duties ask it, with as many statements as the real adapters need. */
final class ModelTables
        implements Dispatcher.DispatchQueue,
                StragglerSplitter.Splits,
                JobCompletion.Jobs,
                Reaper.Leases,
                Rollouts.Waves,
                ProgressMeter.Counts {

    // As the board's statement has it.
    private static final int ENOUGH = 1_000;
    private static final int EXAMINED = 8;
    private static final long NOT_WORTH_A_SPLIT = 500_000;

    private final Clock clock;
    private final Meter meter;
    private final List<ModelJob> jobs;
    private final int slots;
    private final Consumer<ModelJob.Shard> sooner;
    private final Deque<ModelJob.Shard> unpublished = new ArrayDeque<>();
    private final Deque<Refused> refused = new ArrayDeque<>();

    /**
     * Creates them.
     *
     * @param sooner is called with a shard that was split, and so ends sooner
     */
    ModelTables(Clock clock, Meter meter, List<ModelJob> jobs, int slots, Consumer<ModelJob.Shard> sooner) {
        this.sooner = sooner;
        this.clock = clock;
        this.meter = meter;
        this.jobs = jobs;
        this.slots = slots;
    }

    /** The shards that were dispatched since the last call. */
    List<ModelJob.Shard> published() {
        var all = List.copyOf(unpublished);
        unpublished.clear();
        return all;
    }

    /** A task whose claim failed. */
    void refused(ModelJob.Shard shard) {
        refused.add(new Refused(shard, clock.now()));
    }

    @Override
    public FleetLoad load() {
        var loads = new ArrayList<JobLoad>();
        var entries = 0L;
        for (var job : jobs) {
            if (!job.isOver()) {
                var pending = Math.min(ENOUGH, job.pending());
                entries += pending + job.dispatched() + job.running.size();
                loads.add(new JobLoad(
                        job.id, job.concurrency, job.dispatched(), job.running.size(), pending, job.weight, 0));
            }
        }
        meter.statement(entries, 0);
        meter.statement(0, 0);
        return new FleetLoad(slots, loads);
    }

    @Override
    public List<Task> dispatchIfLeading(long job, int count, long leader) {
        var chosen = jobs.get((int) job - 1).dispatch(count);
        meter.statement(0, chosen.size());
        unpublished.addAll(chosen);
        return chosen.stream()
                .map(shard -> new Task(new ShardId(job, shard.number), 1))
                .toList();
    }

    @Override
    public void undoIfDispatched(List<Task> tasks) {
        throw new IllegalStateException("on paper, Kafka is always there");
    }

    @Override
    public int splitRunning(long number, int count) {
        var job = jobs.get((int) number - 1);
        meter.statement(0, 0);
        meter.statement(job.running.size(), 0);
        var now = clock.now();
        var candidates = job.running.stream()
                .sorted(Comparator.comparingLong((ModelJob.Shard shard) -> shard.left(now))
                        .reversed())
                .limit((long) EXAMINED * count)
                .toList();
        var done = 0;
        for (var shard : candidates) {
            // A scan for each, and for a split its lock, its checks, and its two rows.
            meter.statement(1, 0);
            if (done < count && shard.left(now) > NOT_WORTH_A_SPLIT) {
                for (var i = 0; i < 6; i++) {
                    meter.statement(1, 0);
                }
                job.split(shard, now);
                sooner.accept(shard);
                meter.splits++;
                done++;
            }
        }
        return done;
    }

    @Override
    public List<Long> inState(JobState state) {
        meter.statement(0, 0);
        return state == JobState.RUNNING
                ? jobs.stream().filter(job -> !job.isOver()).map(job -> job.id).toList()
                : List.of();
    }

    @Override
    public List<JobState> quiesce(long job, JobState to) {
        throw new IllegalStateException("nobody pauses on paper");
    }

    @Override
    public void quiesceHalted() {
        meter.statement(0, 0);
    }

    @Override
    public void quiesceFleetIfPaused() {
        meter.statement(0, 0);
    }

    @Override
    public List<JobState> finish(long job) {
        meter.statement(1, 0);
        return List.of();
    }

    @Override
    public List<ShardId> reapExpired() {
        meter.statement(0, 0);
        meter.statement(jobs.stream().mapToLong(job -> job.running.size()).sum(), 0);
        return List.of();
    }

    @Override
    public List<ShardId> reapUnclaimed(Duration age) {
        var back = new ArrayList<ShardId>();
        while (!refused.isEmpty() && refused.peek().at < clock.now() - age.toNanos() / 1_000) {
            var shard = refused.remove().shard;
            shard.job.restoreTo(shard);
            back.add(new ShardId(shard.job.id, shard.number));
        }
        meter.statement(jobs.stream().mapToLong(ModelJob::dispatched).sum(), back.size());
        return back;
    }

    @Override
    public boolean slotsAreFree() {
        meter.statement(0, 0);
        return jobs.stream().mapToInt(job -> job.running.size()).sum() < slots;
    }

    @Override
    public List<Rollouts.Wave> noteDoneIfRunning() {
        meter.statement(0, 0);
        return List.of();
    }

    @Override
    public List<Rollouts.Wave> promoteIfSoaked() {
        meter.statement(0, 0);
        return List.of();
    }

    @Override
    public Map<Long, ProgressMeter.Count> counts() {
        meter.statement(0, 0);
        var counts = new HashMap<Long, ProgressMeter.Count>();
        jobs.forEach(job -> counts.put(job.id, new ProgressMeter.Count(0, 0)));
        return counts;
    }

    @Override
    public void store(long job, ProgressMeter.Speed speed) {
        meter.statement(0, 0);
    }

    private record Refused(ModelJob.Shard shard, long at) {}
}
