package dev.backfleet.simulation;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One run: a fleet, its jobs and a stretch of bad weather, all decided by a seed; then calm, and the reckoning. */
final class World {
    private static final long CALM_LIMIT = 240_000_000;

    private final Random random;
    private final Timeline time = new Timeline();
    private final Weather weather;
    private final Server server;
    private final Broker broker;
    private final Operator operator;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<CoordinatorProcess> coordinators = new ArrayList<>();
    private final Tally tally = new Tally();

    World(long seed, Mutant mutant) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.weather = new Weather(random);
        this.server = new Server(time, random, mutant);
        this.broker = new Broker(time, weather);
        this.operator = new Operator(server, broker, weather);
        var jobs = 1 + random.nextInt(2);
        for (var id = 1; id <= jobs; id++) {
            server.jobs.add(job(id));
        }
    }

    /** Lives through it. */
    Tally run() {
        var fleet = 1 + random.nextInt(4);
        for (var i = 1; i <= fleet; i++) {
            var worker = new WorkerProcess("worker-" + i, server, broker, weather, 1 + random.nextInt(3));
            workers.add(worker);
            worker.start();
        }
        var leaders = 1 + random.nextInt(3);
        for (var i = 1; i <= leaders; i++) {
            var coordinator = new CoordinatorProcess("coordinator-" + i, server, broker, weather);
            coordinators.add(coordinator);
            coordinator.start();
        }
        new Application(server, weather).start();
        var storm = 3_000_000L + random.nextInt(22_000_000);
        blow(storm);
        while (time.now() < storm) {
            time.step();
        }
        calm();
        while (!isOver()) {
            if (time.now() > storm + CALM_LIMIT) {
                throw new Violation("jobs are " + states() + " long after the last fault");
            }
            time.step();
        }
        reckon();
        tally.steps = time.steps();
        tally.virtualSeconds = time.now() / 1_000_000;
        return tally;
    }

    private void blow(long until) {
        time.after(random.nextInt(1_500_000), () -> {
            if (time.now() < until) {
                fault();
                blow(until);
            }
        });
    }

    private void fault() {
        tally.faults++;
        switch (random.nextInt(14)) {
            case 0, 1 -> workers.get(random.nextInt(workers.size())).kill();
            case 2 -> workers.get(random.nextInt(workers.size())).node.freeze(time.now() + random.nextInt(15_000_000));
            case 3 -> kill(coordinators.get(random.nextInt(coordinators.size())));
            case 4 ->
                coordinators
                        .get(random.nextInt(coordinators.size()))
                        .node
                        .freeze(time.now() + random.nextInt(9_000_000));
            case 5 -> server.crash(200_000L + random.nextInt(4_000_000));
            case 6 -> server.killBackEnd();
            case 7 -> broker.stop(random.nextInt(6_000_000));
            case 8 -> cut(workers.get(random.nextInt(workers.size())).link);
            case 9 -> cutFromKafka(workers.get(random.nextInt(workers.size())));
            case 10 -> cut(coordinators.get(random.nextInt(coordinators.size())).link);
            case 11 -> server.setClock(random.nextInt(16_000_000) - 6_000_000);
            case 12 -> stop(workers.get(random.nextInt(workers.size())));
            default -> command();
        }
    }

    private void stop(WorkerProcess worker) {
        if (worker.node.isUp()) {
            worker.stop();
            time.after(1_000_000L + random.nextInt(8_000_000), worker::restart);
        }
    }

    private void kill(CoordinatorProcess coordinator) {
        coordinator.node.kill();
        time.after(random.nextInt(8_000_000), () -> restart(coordinator));
    }

    private static void restart(CoordinatorProcess coordinator) {
        if (!coordinator.node.isUp()) {
            coordinator.start();
        }
    }

    private void cut(Link link) {
        link.cut(true);
        time.after(random.nextInt(9_000_000), () -> link.cut(false));
    }

    private void cutFromKafka(WorkerProcess worker) {
        worker.cutFromKafka(true);
        time.after(random.nextInt(25_000_000), () -> worker.cutFromKafka(false));
    }

    private void command() {
        var fleet = random.nextInt(4) == 0;
        var scope = fleet ? Scope.FLEET : Scope.job(1L + random.nextInt(server.jobs.size()));
        var roll = random.nextInt(20);
        var wish = roll == 0 && !fleet ? DesiredState.CANCEL : roll < 12 ? DesiredState.PAUSE : DesiredState.RUN;
        if (random.nextInt(3) == 0) {
            operator.say(scope, wish);
        } else {
            operator.command(scope, wish);
        }
    }

    // All is well again, and somebody says so until it is heard.
    private void calm() {
        weather.calm();
        time.after(10_000_000, () -> {
            workers.forEach(worker -> {
                worker.link.cut(false);
                worker.cutFromKafka(false);
                worker.restart();
            });
            coordinators.forEach(coordinator -> {
                coordinator.link.cut(false);
                restart(coordinator);
            });
            resume();
        });
    }

    private void resume() {
        if (!isOver()) {
            operator.command(Scope.FLEET, DesiredState.RUN);
            server.jobs.forEach(job -> {
                if (job.state != JobState.CANCELLING && !job.state.isTerminal()) {
                    operator.command(Scope.job(job.id), DesiredState.RUN);
                }
            });
            workers.forEach(WorkerProcess::restart);
            time.after(20_000_000, this::resume);
        }
    }

    private boolean isOver() {
        return server.jobs.stream().allMatch(job -> job.state.isTerminal());
    }

    private List<JobState> states() {
        return server.jobs.stream().map(job -> job.state).toList();
    }

    private void reckon() {
        for (var job : server.jobs) {
            var changed = 0L;
            for (var row = 1; row <= job.rows(); row++) {
                changed += job.changes[row];
                if (job.state == JobState.SUCCEEDED && job.changes[row] != 1) {
                    throw new Violation(
                            "row " + row + " of job " + job.id + " was changed " + job.changes[row] + " times");
                }
                if (job.application[row] != job.acknowledged[row]) {
                    throw new Violation("a write of the application to row " + row + " is lost");
                }
            }
            var counted = job.shards.stream().mapToLong(shard -> shard.changed).sum();
            if (counted != changed) {
                throw new Violation("job " + job.id + " counted " + counted + " rows and changed " + changed);
            }
            for (var shard : job.shards) {
                if (shard.state == ShardState.RUNNING || shard.state == ShardState.DISPATCHED) {
                    throw new Violation("shard " + shard.id + " of a job that is over is " + shard.state);
                }
            }
            tally.rows += changed;
        }
    }

    private JobRow job(long id) {
        var sizes = random.ints(1 + random.nextInt(6), 0, 25).toArray();
        var job = new JobRow(id, Arrays.stream(sizes).sum(), 1 + random.nextInt(4), 1 + random.nextInt(6));
        var lower = 0;
        for (var i = 0; i < sizes.length; i++) {
            job.shards.add(new ShardRow(job, i + 1, lower, lower + sizes[i]));
            lower += sizes[i];
        }
        return job;
    }

    /** What a run came to. */
    static final class Tally {
        long steps;
        long virtualSeconds;
        int faults;
        long rows;
    }
}
