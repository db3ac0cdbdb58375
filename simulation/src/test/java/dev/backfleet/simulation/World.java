package dev.backfleet.simulation;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One run: a fleet, its jobs and a stretch of bad weather, all decided by a seed; then calm, and the reckoning. */
final class World {
    private static final long CALM_LIMIT = 240_000_000;
    private static final long REST = 60_000_000;

    private final Random random;
    private final Timeline time = new Timeline();
    private final Weather weather;
    private final Server server;
    private final Broker broker;
    private final Operator operator;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<CoordinatorProcess> coordinators = new ArrayList<>();
    private final Tally tally;
    private final Auditor auditor;
    private final Jobs jobs;

    World(long seed, Mutant mutant) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.weather = new Weather(random, time);
        this.server = new Server(time, random, weather, mutant);
        this.tally = server.tally;
        this.auditor = new Auditor(server);
        this.jobs = new Jobs(random);
        this.broker = new Broker(time, weather);
        this.operator = new Operator(server, broker, weather);
        var count = 1 + random.nextInt(2);
        for (var id = 1; id <= count; id++) {
            server.jobs.add(jobs.plan(id));
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
        countLeaders();
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
        auditor.end();
        rest();
        tally.steps = time.steps();
        tally.virtualSeconds = time.now() / 1_000_000;
        return tally;
    }

    private void countLeaders() {
        time.after(100_000, this::countLeaders);
        var leaders = coordinators.stream().filter(CoordinatorProcess::leads).count();
        tally.twoLeaders += leaders > 1 ? 1 : 0;
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
        switch (random.nextInt(18)) {
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
            case 13 -> tenantCommand();
            case 14 -> change(job());
            case 15 -> operator.promote(job());
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

    // A slot that is not free once there is nothing left to do is lost.
    private void rest() {
        var end = time.now() + REST;
        while (!workers.stream().allMatch(WorkerProcess::isIdle)) {
            if (time.now() > end) {
                throw new Violation("a slot is still taken though all jobs are over");
            }
            time.step();
        }
    }

    private JobRow job() {
        return server.jobs.get(random.nextInt(server.jobs.size()));
    }

    private void change(JobRow job) {
        if (server.isUp() && !job.over) {
            server.limit(job, random.nextInt(3) == 0 ? null : jobs.limit());
        }
    }

    // People write tenants in more than one way, and some that are none.
    private void tenantCommand() {
        var job = job();
        var number = random.nextInt(job.table.lastTenant() + 2);
        var name = random.nextInt(12) == 0 ? "x" : (random.nextInt(5) == 0 ? "0" : "") + number;
        var wish = random.nextInt(10) < 7 ? DesiredState.PAUSE : DesiredState.RUN;
        tell(Scope.tenant(job.id, name), wish);
    }

    private void command() {
        var fleet = random.nextInt(4) == 0;
        var scope = fleet ? Scope.FLEET : Scope.job(1L + random.nextInt(server.jobs.size()));
        var roll = random.nextInt(20);
        var wish = roll == 0 && !fleet ? DesiredState.CANCEL : roll < 12 ? DesiredState.PAUSE : DesiredState.RUN;
        tell(scope, wish);
    }

    private void tell(Scope scope, DesiredState wish) {
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
                if (job.state != JobState.CANCELLING && !job.over) {
                    operator.command(Scope.job(job.id), DesiredState.RUN);
                    List.copyOf(job.pausedTenants)
                            .forEach(tenant -> operator.command(Scope.tenant(job.id, tenant), DesiredState.RUN));
                    operator.promote(job);
                }
            });
            workers.forEach(WorkerProcess::restart);
            time.after(5_000_000, this::resume);
        }
    }

    private boolean isOver() {
        for (var job : server.jobs) {
            if (!job.over) {
                return false;
            }
        }
        return true;
    }

    private List<JobState> states() {
        return server.jobs.stream().map(job -> job.state).toList();
    }
}
