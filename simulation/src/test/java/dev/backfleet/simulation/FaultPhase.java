package dev.backfleet.simulation;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.simulation.adapter.Repairs;
import dev.backfleet.simulation.fault.Lengths;
import dev.backfleet.simulation.process.Broker;
import dev.backfleet.simulation.process.CoordinatorProcess;
import dev.backfleet.simulation.process.Operator;
import dev.backfleet.simulation.process.WorkerProcess;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.ShardRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.time.Timeline;
import java.util.List;
import java.util.Random;

/** The phase with faults: faults of processes, servers and networks, and commands of operators, decided by a seed. */
final class FaultPhase {
    private final Random random;
    private final Timeline time;
    private final Server server;
    private final Broker broker;
    private final Jobs jobs;
    private final Lengths lengths;
    private final List<Operator> operators;
    private final Operator guard;
    private final List<WorkerProcess> workers;
    private final List<CoordinatorProcess> coordinators;

    FaultPhase(Random random, Server server, Broker broker, Jobs jobs, Lengths lengths, Fleet fleet) {
        this.random = random;
        this.time = server.time;
        this.server = server;
        this.broker = broker;
        this.jobs = jobs;
        this.lengths = lengths;
        this.operators = fleet.operators();
        this.guard = new Operator("guard", server, broker, server.faultModel);
        this.workers = fleet.workers();
        this.coordinators = fleet.coordinators();
    }

    /** Injects faults until then. */
    void blow(long until) {
        watch(until);
        next(until);
    }

    private void next(long until) {
        time.after(random.nextInt(1_500_000), () -> {
            if (time.now() < until) {
                fault();
                next(until);
            }
        });
    }

    // An operator eventually retries FAILED shards.
    private void watch(long until) {
        time.after(100_000L + random.nextInt(1_500_000), () -> {
            for (var job : server.jobs) {
                var failed = Repairs.failed(job);
                if (!failed.isEmpty() && random.nextInt(3) == 0) {
                    operator().retryShards(job);
                } else if (!failed.isEmpty() && job.table.tenantLed() && random.nextInt(3) == 0) {
                    pauseUnpublished(job, failed.get(0));
                }
            }
            if (time.now() < until) {
                watch(until);
            }
        });
    }

    // Only the database knows of it: Kafka is away.
    private void pauseUnpublished(JobRow job, ShardRow shard) {
        var tenant = job.table.tenant(Math.min(shard.cursor.row() + 1, job.rows()));
        broker.stop(lengths.next());
        operator().command(Scope.tenant(job.id, Integer.toString(tenant)), DesiredState.PAUSE);
    }

    private void fault() {
        server.tally.faults++;
        switch (random.nextInt(26)) {
            case 0, 1 -> worker().kill();
            case 2 -> worker().node.freeze(time.now() + lengths.next());
            case 3 -> kill(coordinator());
            case 4, 20 -> coordinator().node.freeze(time.now() + lengths.next());
            case 5 -> server.crash(lengths.outage());
            case 6 -> server.killBackEnd();
            case 7 -> broker.stop(lengths.next());
            case 8 -> cut(worker().link);
            case 9 -> cutFromKafka(worker());
            case 10 -> cut(coordinator().link);
            case 11 -> server.setClock(random.nextInt(16_000_000) - 6_000_000);
            case 12 -> stop(worker());
            case 13, 21 -> tenantCommand();
            case 14 -> change(job());
            case 15 -> operator().promote(job());
            case 16 -> worker().link.swallow(lengths.next());
            case 17 -> server.freeze(lengths.outage());
            case 18, 19 -> repair(job());
            default -> command();
        }
    }

    private WorkerProcess worker() {
        return workers.get(random.nextInt(workers.size()));
    }

    private CoordinatorProcess coordinator() {
        return coordinators.get(random.nextInt(coordinators.size()));
    }

    private Operator operator() {
        return operators.get(random.nextInt(operators.size()));
    }

    private JobRow job() {
        return server.jobs.get(random.nextInt(server.jobs.size()));
    }

    private void stop(WorkerProcess worker) {
        if (worker.node.isUp()) {
            worker.stop();
            time.after(1_000_000L + random.nextInt(8_000_000), worker::restart);
        }
    }

    private void kill(CoordinatorProcess coordinator) {
        coordinator.node.kill();
        time.after(random.nextInt(8_000_000), coordinator::restart);
    }

    private void cut(Link link) {
        link.cut(true);
        time.after(lengths.next(), () -> link.cut(false));
    }

    private void cutFromKafka(WorkerProcess worker) {
        worker.cutFromKafka(true);
        time.after(lengths.next(), () -> worker.cutFromKafka(false));
    }

    // Rejected rows are fixed and retried, by several operators at once; the budget is set; FAILED shards are retried.
    private void repair(JobRow job) {
        var quarantine = job.quarantine;
        if (!Repairs.failed(job).isEmpty()) {
            operator().retryShards(job);
        } else if (job.state == JobState.HALTED) {
            operator().permit(job, random.nextInt(8));
            operator().command(Scope.job(job.id), DesiredState.RUN);
        } else if (quarantine.counted > 0) {
            if (random.nextInt(3) > 0) {
                quarantine.repair(random.nextInt(3) == 0);
            }
            retryRows(job);
        } else {
            command();
        }
    }

    // While another operator pauses the job.
    private void retryRows(JobRow job) {
        if (!job.compares) {
            operators.forEach(operator -> operator.retryRows(job));
        }
        if (random.nextBoolean()) {
            var scope = random.nextBoolean() ? Scope.FLEET : Scope.job(job.id);
            time.after(random.nextInt(80_000), () -> guard.command(scope, DesiredState.PAUSE));
        }
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
        var desired = random.nextInt(10) < 7 ? DesiredState.PAUSE : DesiredState.RUN;
        tell(Scope.tenant(job.id, name), desired);
    }

    private void command() {
        command(job());
    }

    private void command(JobRow job) {
        var fleet = random.nextInt(4) == 0;
        var scope = fleet ? Scope.FLEET : Scope.job(job.id);
        var roll = random.nextInt(20);
        var desired = roll == 0 && !fleet ? DesiredState.CANCEL : roll < 12 ? DesiredState.PAUSE : DesiredState.RUN;
        tell(scope, desired);
    }

    private void tell(Scope scope, DesiredState desired) {
        if (random.nextInt(3) == 0) {
            operator().say(scope, desired);
        } else {
            operator().command(scope, desired);
        }
    }

    /** Who is there. */
    record Fleet(List<Operator> operators, List<WorkerProcess> workers, List<CoordinatorProcess> coordinators) {}
}
