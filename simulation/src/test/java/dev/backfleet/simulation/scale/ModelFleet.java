package dev.backfleet.simulation.scale;

import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.ProgressMeter;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.lead.LeaderLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A model of a fleet: the leader's real duties, with modelled durations of statements; slots that take a task, work as
 * long as the shard needs, and report.
 */
final class ModelFleet {
    static final int SLOTS = 4;
    private static final Duration SPLIT_EVERY = Duration.ofMillis(500);
    private static final long DELIVERY = 5_000;
    private static final long TICK = 200_000;
    private static final long PUBLISHING = 2_000;

    final Clock clock = new Clock();
    final Meter meter = new Meter();
    private final List<ModelJob> jobs;
    private final int workers;
    private final ModelTables tables;
    private final LeaderLoop duties;
    private final Deque<ModelJob.Shard> topic = new ArrayDeque<>();
    private int free;
    private boolean atWork;
    private boolean woken;
    private long round;

    ModelFleet(int workers, List<ModelJob> jobs) {
        this.jobs = jobs;
        this.workers = workers;
        this.free = workers * SLOTS;
        this.tables = new ModelTables(clock, meter, jobs, free, this::awaitEnd);
        var each = EachJob.failingFast("the duties of the model");
        var dispatcher = new Dispatcher(tables, new Topic(), clock::monotonic);
        var splitter = new StragglerSplitter(tables, tables, each);
        this.duties = new LeaderLoop(
                List.of(
                        Duty.eachRound(DutyName.DISPATCH, dispatcher::runOnce),
                        Duty.eachTick(DutyName.COMPLETION, new JobCompletion(tables, job -> {})::runOnce),
                        Duty.eachTick(DutyName.REAP, new Reaper(tables, Duration.ofSeconds(5))::runOnce),
                        Duty.every(
                                ProgressMeter.EVERY,
                                DutyName.PROGRESS,
                                new ProgressMeter(tables, clock::monotonic, each)::runOnce),
                        Duty.every(Rollouts.EVERY, DutyName.ROLLOUTS, new Rollouts(tables)::runOnce),
                        Duty.every(SPLIT_EVERY, DutyName.SPLIT, epoch -> {
                            if (splitter.runOnce()) {
                                dispatcher.runOnce(epoch);
                            }
                        })),
                Duration.ofNanos(TICK * 1_000),
                (duty, work) -> work.run(),
                clock::monotonic);
    }

    /** Runs until all jobs have ended. */
    void run() {
        runUntil(() -> jobs.stream().allMatch(ModelJob::isOver));
    }

    /** Runs until the condition holds. */
    void runUntil(BooleanSupplier end) {
        begin(false);
        while (!end.getAsBoolean()) {
            clock.step();
        }
        var seconds = clock.now() / 1_000_000;
        meter.control += seconds;
        meter.heartbeats += seconds * workers;
    }

    /** How much of the slots' time was used. */
    double used() {
        return (double) meter.busySlotMicros / ((double) clock.now() * workers * SLOTS);
    }

    // One round after another; what happens meanwhile is for the next.
    private void begin(boolean byEvent) {
        atWork = true;
        woken = false;
        var started = System.nanoTime();
        duties.runOnce(1, byEvent);
        meter.deciding += System.nanoTime() - started;
        clock.after(meter.took(), this::end);
    }

    private void end() {
        tables.published().forEach(this::publish);
        atWork = false;
        if (woken) {
            begin(true);
        } else {
            var mine = ++round;
            clock.after(TICK, () -> {
                if (mine == round && !atWork) {
                    begin(false);
                }
            });
        }
    }

    private void wake() {
        woken = true;
        if (!atWork) {
            round++;
            begin(true);
        }
    }

    private void publish(ModelJob.Shard shard) {
        meter.tasks++;
        if (free > 0) {
            free--;
            clock.after(DELIVERY, () -> claim(shard));
        } else {
            topic.add(shard);
        }
    }

    private void claim(ModelJob.Shard shard) {
        meter.claims++;
        if (!shard.job.claim(shard)) {
            meter.refused++;
            tables.refused(shard);
            next();
            return;
        }
        meter.events++;
        shard.begin(clock.now());
        awaitEnd(shard);
    }

    // If it is split meanwhile, it ends sooner.
    private void awaitEnd(ModelJob.Shard shard) {
        var end = shard.endsAt();
        clock.after(end - clock.now(), () -> {
            if (shard.endsAt() == end && shard.isWorkedOn()) {
                release(shard);
            }
        });
    }

    private void release(ModelJob.Shard shard) {
        var worked = shard.end(clock.now());
        meter.busySlotMicros += worked;
        meter.events += 1 + worked / 1_000_000;
        shard.job.release(shard, clock.now());
        next();
        wake();
    }

    private void next() {
        if (topic.isEmpty()) {
            free++;
        } else {
            var shard = topic.remove();
            clock.after(DELIVERY, () -> claim(shard));
        }
    }

    /** The tasks topic. */
    private final class Topic implements TaskPublisher {
        @Override
        public List<Task> publish(List<Task> tasks, Duration timeout) {
            meter.spend(PUBLISHING);
            return List.of();
        }

        @Override
        public void close() {}
    }
}
