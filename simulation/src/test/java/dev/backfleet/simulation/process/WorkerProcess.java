package dev.backfleet.simulation.process;

import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.task.Task;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.ShardStatements;
import dev.backfleet.simulation.time.Node;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.report.DatabaseReachability;
import dev.backfleet.worker.shard.RunSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A worker: reads the control topic, takes tasks, and works on claims with the real {@link ShardExecutor} in each
 * slot.
 */
public final class WorkerProcess {
    private static final long PROOF_TIMEOUT = 10_000_000;
    private static final long HEARTBEAT_TIMEOUT = 10_000_000;
    private static final long READS_CONTROL_EVERY = 200_000;
    private static final long BEATS_EVERY = 1_000_000;
    private static final long CHECKS_DATABASE_EVERY = 100_000;

    // Its metrics are not used.
    private static final WorkMetrics METRICS = new WorkMetrics(new SimpleMeterRegistry());

    public final Node node;
    public final Link link;
    final Server server;
    final FaultModel faultModel;
    final RunSettings settings;

    private final Broker broker;
    private final int slotCount;
    private final List<Slot> slots = new ArrayList<>();
    private ShardExecutor executor;
    private boolean cutFromKafka;
    private boolean stopping;
    private DatabaseReachability database;
    private ControlView view = ControlView.DISCONNECTED;
    private int heard;
    private long provenAt = Long.MIN_VALUE / 2;
    private long beatAt = Long.MIN_VALUE / 2;

    public WorkerProcess(String name, Server server, Broker broker, FaultModel faultModel, int slotCount) {
        this.node = new Node(name);
        this.link = new Link(server, node, faultModel);
        this.server = server;
        this.broker = broker;
        this.faultModel = faultModel;
        this.slotCount = slotCount;
        this.settings = new RunSettings(
                Duration.ofSeconds(2L + faultModel.pick(20)), ShardStatements.LEASE_LENGTH, 8, Duration.ofSeconds(5));
        this.executor = newExecutor();
        this.database = DatabaseReachability.reachable(server.time.monotonic());
        broker.join(this);
    }

    private ShardExecutor newExecutor() {
        var context = new ShardExecutor.Context(this::heeded, () -> stopping, server.time::monotonic, duration -> {
            throw new Violation("a run slept by itself");
        });
        var reports = new WorkReports(
                node.toString(), this::report, METRICS, InstantSource.fixed(Instant.EPOCH), server.time::monotonic);
        return new ShardExecutor(
                settings, failures -> Duration.ofMillis(50L << Math.min(failures, 5)), context, reports);
    }

    private void report(Event event) {
        if (!cutFromKafka && event.type() != Event.Type.BATCHES && event.type() != Event.Type.CLAIMED) {
            broker.report();
        }
    }

    /** Begins the runs of this life. */
    ShardExecutor executor() {
        return executor;
    }

    public void start() {
        node.start();
        executor = newExecutor();
        slots.clear();
        for (var i = 0; i < slotCount; i++) {
            slots.add(new Slot(this));
        }
        stopping = false;
        database = DatabaseReachability.reachable(server.time.monotonic());
        view = ControlView.DISCONNECTED;
        heard = 0;
        provenAt = Long.MIN_VALUE / 2;
        beatAt = Long.MIN_VALUE / 2;
        readControl();
        beat();
    }

    /** As by SIGTERM: ends after the running batches. */
    public void stop() {
        stopping = true;
        endIfIdle();
    }

    public void cutFromKafka(boolean now) {
        cutFromKafka = now;
    }

    /** A moment at which a kill or freeze is most harmful. */
    void failpoint() {
        if (faultModel.strikes(150)) {
            node.freeze(server.time.now() + faultModel.lengths().next());
        } else if (faultModel.strikes(400)) {
            kill();
        }
    }

    /** Kills it; it is restarted later. */
    public void kill() {
        node.kill();
        server.time.after(faultModel.pick(8_000_000), this::restart);
    }

    /** Starts the process, if it is not running. */
    public void restart() {
        if (!node.isUp()) {
            start();
        }
    }

    /** Whether a slot takes the task. */
    boolean take(Task task) {
        if (!node.isUp() || cutFromKafka || stopping || !view().fleetMayRun() || !database.isReachable()) {
            return false;
        }
        for (var slot : slots) {
            if (slot.isFree()) {
                slot.take(task);
                return true;
            }
        }
        return false;
    }

    // Checked between batches.
    private ControlView heeded() {
        return server.mutant == Mutant.PAUSE_CHECKED_ONLY_AT_CLAIM ? new ControlView(true, Map.of()) : view();
    }

    /** What the control topic permits; nothing, if the last proof or heartbeat is too old. */
    ControlView view() {
        var now = server.time.now();
        return view.withConnected(now - provenAt <= PROOF_TIMEOUT).withLeader(now - beatAt <= HEARTBEAT_TIMEOUT);
    }

    /** Whether it has nothing to do, and would take a task. */
    public boolean isIdle() {
        return !node.isUp() || (slots.stream().allMatch(Slot::isFree) && database.isReachable());
    }

    /** Whether only the probe sends requests to the database. */
    boolean sparesDatabase() {
        return database.isUnreachable();
    }

    boolean isStopping() {
        return stopping;
    }

    boolean reachesDatabase() {
        return database.isReachable();
    }

    /** A connection to the database was lost. */
    void lostDatabase() {
        var reachable = database.isReachable();
        database = database.lost(server.time.monotonic());
        if (reachable && server.mutant != Mutant.DATABASE_NEVER_PROBED) {
            watch();
        }
    }

    // As the thread of DatabaseWatch does: one probe at a time, until one is answered.
    private void watch() {
        if (database.isReachable()) {
            return;
        }
        if (!database.isProbeDue(server.time.monotonic())) {
            server.time.after(CHECKS_DATABASE_EVERY, node, this::watch);
            return;
        }
        database = database.probing(server.time.monotonic());
        link.<Boolean>ask(
                answer -> answer.done(true), done -> database = database.answered(server.time.monotonic()), failure -> {
                    database = database.failed(server.time.monotonic());
                    watch();
                });
    }

    void endIfIdle() {
        if (stopping && slots.stream().allMatch(Slot::isFree)) {
            node.kill();
        }
    }

    private void readControl() {
        if (broker.isUp() && !cutFromKafka) {
            var records = List.copyOf(broker.controlFrom(heard));
            for (var desired : records) {
                view = view.with(desired.scope(), desired.record());
            }
            heard += records.size();
            provenAt = server.time.now();
            beatAt = broker.lastBeat();
        }
        server.time.after(
                READS_CONTROL_EVERY / 2 + faultModel.pick((int) READS_CONTROL_EVERY), node, this::readControl);
    }

    private void beat() {
        link.<Boolean>ask(
                answer -> {
                    server.workers.put(node, new Server.Seen(slotCount, server.clock()));
                    server.committed();
                    answer.done(true);
                },
                done -> {},
                failure -> lostDatabase());
        server.time.after(BEATS_EVERY, node, this::beat);
    }
}
