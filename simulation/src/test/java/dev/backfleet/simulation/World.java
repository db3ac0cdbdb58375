package dev.backfleet.simulation;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.simulation.adapter.Repairs;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Lengths;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.process.Application;
import dev.backfleet.simulation.process.Broker;
import dev.backfleet.simulation.process.CoordinatorProcess;
import dev.backfleet.simulation.process.Operator;
import dev.backfleet.simulation.process.WorkerProcess;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Tally;
import dev.backfleet.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * One run: a fleet, its jobs and a phase of faults, all decided by a seed; then a phase without faults, and the final
 * checks.
 */
final class World {
    private static final long CALM_LIMIT = 240_000_000;
    private static final long REST = 60_000_000;
    private static final long UNDO_EVERY = 700_000;
    private static final int OPERATORS = 2;

    private final Random random;
    private final Timeline time = new Timeline();
    private final FaultModel faultModel;
    private final Server server;
    private final Broker broker;
    private final List<Operator> operators = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<CoordinatorProcess> coordinators = new ArrayList<>();
    private final Tally tally;
    private final Auditor auditor;
    private final Jobs jobs;
    private final Lengths lengths;
    /** Whether an operator retries FAILED shards and rows in quarantine until all is done. */
    private final boolean thorough;

    World(long seed, Mutant mutant) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.faultModel = new FaultModel(random, time);
        this.server = new Server(time, random, faultModel, mutant);
        this.tally = server.tally;
        this.lengths = faultModel.lengths();
        this.auditor = new Auditor(server);
        this.jobs = new Jobs(random);
        this.broker = new Broker(time, faultModel);
        this.thorough = random.nextBoolean();
        for (var i = 1; i <= OPERATORS; i++) {
            operators.add(new Operator("operator-" + i, server, broker, faultModel));
        }
        var count = 1 + random.nextInt(2);
        for (var id = 1; id <= count; id++) {
            server.jobs.add(jobs.plan(id));
        }
    }

    /** Lives through it. */
    Tally run() {
        var fleet = 1 + random.nextInt(4);
        for (var i = 1; i <= fleet; i++) {
            var worker = new WorkerProcess("worker-" + i, server, broker, faultModel, 1 + random.nextInt(3));
            workers.add(worker);
            worker.start();
        }
        var leaders = 1 + random.nextInt(3);
        for (var i = 1; i <= leaders; i++) {
            var coordinator = new CoordinatorProcess("coordinator-" + i, server, broker, faultModel);
            coordinators.add(coordinator);
            coordinator.start();
        }
        countLeaders();
        undoWhatHasFinished();
        new Application(server, faultModel).start();
        var until = 3_000_000L + random.nextInt(22_000_000);
        new FaultPhase(random, server, broker, jobs, lengths, new FaultPhase.Fleet(operators, workers, coordinators))
                .blow(until);
        while (time.now() < Math.max(until, lengths.end()) && !isDone()) {
            time.step();
        }
        endFaults();
        var endFaults = time.now();
        while (!isDone()) {
            if (time.now() > endFaults + CALM_LIMIT) {
                throw new Violation("jobs are " + states() + " long after the last fault");
            }
            time.step();
        }
        tally.rows = auditor.reckon();
        tally.notPutBack = auditor.notPutBack();
        rest();
        tally.longOutages = lengths.longOutages();
        tally.steps = time.steps();
        tally.virtualSeconds = time.now() / 1_000_000;
        return tally;
    }

    private void countLeaders() {
        time.after(100_000, this::countLeaders);
        var leaders = coordinators.stream().filter(CoordinatorProcess::leads).count();
        tally.twoLeaders += leaders > 1 ? 1 : 0;
    }

    // Some time after its end, so that the application has changed rows since.
    private void undoWhatHasFinished() {
        time.after(UNDO_EVERY, this::undoWhatHasFinished);
        server.jobs.stream()
                .filter(job -> job.over && job.isToBeUndone())
                .forEach(job -> operators.get(1).undo(job, id -> Jobs.undo(id, job)));
    }

    // A slot that is not free once there is nothing left to do is lost.
    private void rest() {
        var begin = time.now();
        while (!workers.stream().allMatch(WorkerProcess::isIdle)) {
            if (time.now() > Math.max(begin, lengths.end()) + REST) {
                throw new Violation("a slot is still taken, or a worker takes no tasks, though all jobs are over");
            }
            time.step();
        }
        auditor.reckon();
    }

    // The faults have ended; an operator resumes until the workers have received it.
    private void endFaults() {
        faultModel.endFaults();
        time.after(10_000_000, () -> {
            workers.forEach(worker -> {
                worker.link.cut(false);
                worker.cutFromKafka(false);
                worker.restart();
            });
            coordinators.forEach(coordinator -> {
                coordinator.link.cut(false);
                coordinator.restart();
            });
            resume();
        });
    }

    private void resume() {
        if (!isDone()) {
            operators.get(0).command(Scope.FLEET, DesiredState.RUN);
            server.jobs.forEach(this::resume);
            workers.forEach(WorkerProcess::restart);
            time.after(5_000_000, this::resume);
        }
    }

    private void resume(JobRow job) {
        var operator = operators.get(0);
        if (job.state != JobState.CANCELLING && !job.over) {
            if (job.state == JobState.HALTED) {
                operator.permit(job, job.rows());
            }
            operator.command(Scope.job(job.id), DesiredState.RUN);
            operator.promote(job);
        }
        // Workers that did not receive a resume stay paused until it is repeated.
        var tenants = new TreeSet<>(job.tenantOffsets.keySet());
        tenants.addAll(job.pausedTenants);
        tenants.forEach(tenant -> operator.command(Scope.tenant(job.id, tenant), DesiredState.RUN));
        if (thorough) {
            job.quarantine.repair(true);
            if (!Repairs.failed(job).isEmpty()) {
                operator.retryShards(job);
            }
            if (job.quarantine.counted > 0 && !job.compares) {
                operators.forEach(other -> other.retryRows(job));
            }
        }
    }

    private boolean isDone() {
        for (var job : server.jobs) {
            if (!job.over || job.isToBeUndone() || (thorough && isLeft(job))) {
                return false;
            }
        }
        return true;
    }

    // What was undone is not continued.
    private static boolean isLeft(JobRow job) {
        return job.undos.isEmpty() && isUnfinished(job);
    }

    private static boolean isUnfinished(JobRow job) {
        return job.state == JobState.FAILED
                || (job.state == JobState.SUCCEEDED && job.quarantine.counted > 0 && !job.compares);
    }

    private List<JobState> states() {
        return server.jobs.stream().map(job -> job.state).toList();
    }
}
