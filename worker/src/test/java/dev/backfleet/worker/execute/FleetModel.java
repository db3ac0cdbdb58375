package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.RunSettings;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.Situation;
import dev.backfleet.worker.shard.SlotLimits;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * A fleet of slots on a virtual clock: each runs the real {@link ShardStateMachine} on shard after shard, and all draw on one
 * {@link PaceModel}. Batches take a random time; slots come, leave and die as they are told.
 */
final class FleetModel {
    private static final RunSettings SETTINGS =
            new RunSettings(Duration.ofSeconds(10), Duration.ofSeconds(5), 8, Duration.ofSeconds(5));
    private static final double LEASE = 5;

    private final Random random;
    private final double limit;
    private final PaceModel pace;
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingDouble(Event::at));
    private final Set<Slot> running = new HashSet<>();
    private final List<Slot> taking = new ArrayList<>();
    private final List<Commit> commits = new ArrayList<>();
    private double now;
    private long shards;
    private double stallFrom;
    private double stallTo;

    /** A fleet without slots, and a job with so many shards. */
    FleetModel(Random random, double limit, long shards) {
        this.random = random;
        this.limit = limit;
        this.shards = shards;
        this.pace = new PaceModel(limit, 0);
    }

    /** Rows that were changed at a moment. */
    record Commit(double at, long rows) {}

    private record Event(double at, Runnable what) {}

    /** Does something later. */
    void at(double seconds, Runnable what) {
        events.add(new Event(seconds, what));
    }

    /** A slot joins. */
    void join() {
        var slot = new Slot();
        taking.add(slot);
        slot.claim();
    }

    /** A slot is killed: it says nothing any more, and counts until its lease is over. */
    void kill() {
        if (!taking.isEmpty()) {
            var victim = taking.remove(random.nextInt(taking.size()));
            victim.alive = false;
            at(now + LEASE, () -> running.remove(victim));
        }
    }

    /** A slot leaves after its batch. */
    void leave() {
        if (!taking.isEmpty()) {
            taking.remove(random.nextInt(taking.size())).stopping = true;
        }
    }

    /** Nothing happens anywhere from one time to another. */
    void stall(double from, double to) {
        stallFrom = from;
        stallTo = to;
    }

    /** Lets time pass. */
    List<Commit> runUntil(double end) {
        while (!events.isEmpty() && events.peek().at <= end) {
            var event = events.remove();
            now = event.at;
            event.what.run();
        }
        return commits;
    }

    private SlotLimits limits() {
        return Samples.limited(limit, Math.max(1, running.size()));
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** One slot of a worker. */
    private final class Slot {
        private boolean alive = true;
        private boolean stopping;
        private long left;
        private double share;
        private BatchSizer sizer = BatchSizer.starting(Duration.ofMillis(100), 10_000);
        private ShardStateMachine run = fresh();

        private ShardStateMachine fresh() {
            return new ShardStateMachine(
                    Samples.claim(limits()), SETTINGS, sizer, failures -> Duration.ofMillis(50), duration(now));
        }

        void claim() {
            if (!alive || stopping || shards == 0) {
                return;
            }
            if (running.size() >= Math.max(1, limit / 10)) {
                later(0.1, this::claim);
                return;
            }
            shards--;
            running.add(this);
            left = 50L + random.nextInt(20_000);
            // With a low limit it is the walk that takes the time where few rows need the change.
            share = limit >= 1_000 && random.nextInt(4) == 0 ? 0.02 : 1;
            run = fresh();
            step();
        }

        private void later(double seconds, Runnable what) {
            var due = now + seconds;
            at(due >= stallFrom && due < stallTo ? stallTo : due, () -> {
                if (alive) {
                    what.run();
                }
            });
        }

        private void step() {
            var step = run.next(situation());
            if (step instanceof Step.Reserve reserve) {
                var answer = pace.reserve(now, reserve, limits());
                later(0.001, () -> {
                    run.reserved(reserve, answer, duration(now));
                    step();
                });
            } else if (step instanceof Step.Wait wait) {
                later(wait.duration().toNanos() / 1e9 + random.nextDouble() * 0.002, this::step);
            } else if (step instanceof Step.Renew) {
                run.renewed(duration(now));
                later(0.001, this::step);
            } else if (step instanceof Step.Batch batch) {
                var took = 0.002 + batch.rows() * 1e-5 * (0.5 + random.nextDouble() * 2);
                later(took, () -> committed(batch, took));
            } else {
                end();
            }
        }

        private void committed(Step.Batch batch, double took) {
            var walked = Math.min(batch.rows(), left);
            long changed = Math.round(walked * share);
            left -= walked;
            commits.add(new Commit(now, changed));
            var result = new BatchResult(Cursor.START, walked, changed, left == 0, limits());
            run.committed(result, duration(took), situation());
            step();
        }

        private void end() {
            sizer = run.sizer();
            pace.settle(now, run.debt(duration(now)));
            running.remove(this);
            if (left > 0) {
                shards++;
            }
            later(0.005 + random.nextDouble() * 0.04, this::claim);
        }

        private Situation situation() {
            return new Situation(duration(now), true, stopping);
        }
    }
}
