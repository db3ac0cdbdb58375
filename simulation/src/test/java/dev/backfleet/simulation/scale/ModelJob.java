package dev.backfleet.simulation.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;

/** A model of a job: the tenant of each shard, how much of each is left, and which are pending, in order. */
final class ModelJob {
    // As ShardCutter has it: all tenants get their first shard, then their second, spread over the table.
    private static final double GOLDEN_RATIO = 0.6180339887498949;
    private static final double LARGE_TENANT = 0.61;
    private static final long SLICE = 10_000_000;

    final long id;
    final int weight;
    final int concurrency;
    final List<Shard> running = new ArrayList<>();
    final List<Tenant> tenants = new ArrayList<>();

    private final PriorityQueue<Shard> pending = new PriorityQueue<>();
    private int dispatched;
    private int open;
    private long worked;

    ModelJob(long id, int weight, int concurrency, int shards, Random random) {
        this.id = id;
        this.weight = weight;
        this.concurrency = concurrency;
        var number = 0;
        for (var size : sizes(shards)) {
            var tenant = new Tenant(size);
            tenants.add(tenant);
            for (var round = 0; round < size; round++) {
                var turn = round + (++number * GOLDEN_RATIO) % 1;
                // Two to eighteen seconds of work: some need a second slice.
                pending.add(new Shard(this, tenant, number, turn, 2_000_000L + random.nextInt(16_000_000)));
            }
        }
        open = number;
    }

    // One tenant owns most, as in real tables; half of the rest are tenants of one shard each.
    private static List<Integer> sizes(int shards) {
        var sizes = new ArrayList<Integer>();
        sizes.add((int) (shards * LARGE_TENANT));
        var small = (shards - sizes.get(0)) / 2;
        var rest = shards - sizes.get(0) - small;
        while (rest > 0) {
            var size = Math.max(1, rest / 20);
            sizes.add(size);
            rest -= size;
        }
        IntStream.range(0, small).forEach(i -> sizes.add(1));
        return sizes;
    }

    /** Microseconds that slots have worked for it. */
    long worked() {
        return worked;
    }

    int pending() {
        return pending.size();
    }

    int dispatched() {
        return dispatched;
    }

    boolean isOver() {
        return open == 0;
    }

    List<Shard> dispatch(int count) {
        var chosen = new ArrayList<Shard>();
        while (chosen.size() < count && !pending.isEmpty()) {
            chosen.add(pending.remove());
        }
        dispatched += chosen.size();
        return chosen;
    }

    /** False if the job has as many slots as it may have. */
    boolean claim(Shard shard) {
        if (running.size() >= concurrency) {
            return false;
        }
        dispatched--;
        shard.place = running.size();
        running.add(shard);
        return true;
    }

    /** A task that was not claimed is detected later. */
    void restoreTo(Shard shard) {
        dispatched--;
        pending.add(shard);
    }

    /** A time slice ends; with nothing left, the shard is done. */
    void release(Shard shard, long now) {
        var last = running.remove(running.size() - 1);
        worked += shard.workedLast;
        if (last != shard) {
            running.set(shard.place, last);
            last.place = shard.place;
        }
        if (shard.left > 0) {
            pending.add(shard);
        } else {
            open--;
            shard.tenant.done(now);
        }
    }

    /** Splits off half of the rest of a running shard. */
    void split(Shard shard, long now) {
        var half = shard.left(now) / 2;
        shard.left -= half;
        shard.tenant.open++;
        open++;
        pending.add(new Shard(this, shard.tenant, shard.number, shard.turn, half));
    }

    /** A tenant and how many of its shards are open. */
    static final class Tenant {
        final int size;
        private int open;
        long doneAt;

        Tenant(int size) {
            this.size = size;
            this.open = size;
        }

        private void done(long now) {
            if (--open == 0) {
                doneAt = now;
            }
        }
    }

    /** A shard: microseconds of work. */
    static final class Shard implements Comparable<Shard> {
        final ModelJob job;
        final int number;
        private long left;
        private long since;
        private boolean workedOn;
        private long workedLast;
        private final Tenant tenant;
        private final double turn;
        private int place;

        Shard(ModelJob job, Tenant tenant, int number, double turn, long left) {
            this.job = job;
            this.tenant = tenant;
            this.number = number;
            this.turn = turn;
            this.left = left;
        }

        void begin(long now) {
            since = now;
            workedOn = true;
        }

        /** A slot leaves it; how long it has worked. */
        long end(long now) {
            workedOn = false;
            workedLast = now - since;
            left -= workedLast;
            return workedLast;
        }

        boolean isWorkedOn() {
            return workedOn;
        }

        long endsAt() {
            return since + Math.min(SLICE, left);
        }

        /** Microseconds of work that are left now. */
        long left(long now) {
            return left - (workedOn ? now - since : 0);
        }

        @Override
        public int compareTo(Shard other) {
            return Double.compare(turn, other.turn);
        }
    }
}
