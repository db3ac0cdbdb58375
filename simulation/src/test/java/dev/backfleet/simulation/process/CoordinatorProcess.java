package dev.backfleet.simulation.process;

import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.lead.LeaderLoop;
import dev.backfleet.coordinator.lead.Leadership;
import dev.backfleet.simulation.adapter.Board;
import dev.backfleet.simulation.adapter.Control;
import dev.backfleet.simulation.adapter.JobEnds;
import dev.backfleet.simulation.adapter.Leases;
import dev.backfleet.simulation.adapter.Splitting;
import dev.backfleet.simulation.adapter.Waves;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Killed;
import dev.backfleet.simulation.time.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A coordinator: the real duties, on adapters to the simulated server and broker. */
public final class CoordinatorProcess {
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration REDISPATCH_AFTER = Duration.ofSeconds(5);
    private static final long TICK = 200_000;
    private static final Duration TICK_LENGTH = Duration.ofMillis(200);
    private static final Duration SPLIT_EVERY = Duration.ofMillis(500);
    private static final long WAKES_WITHIN = 1_000;
    private static final long LEAD_EVERY = 600_000;
    private static final long BEATS_EVERY = 1_000_000;

    public final Node node;
    public final Link link;
    private final Server server;
    private final Broker broker;
    private final Control control;
    private final Splitting splitting;
    private LeaderLoop duties;
    private Leadership leadership;
    private boolean woken;
    private int heard;

    public CoordinatorProcess(String name, Server server, Broker broker, FaultModel faultModel) {
        this.node = new Node(name);
        this.link = new Link(server, node, faultModel);
        this.server = server;
        this.broker = broker;
        this.splitting = new Splitting(server, link, node);
        this.control = new Control(server, node, splitting);
        this.leadership = newLeadership();
        this.duties = newDuties();
        broker.join(this);
    }

    private Leadership newLeadership() {
        return new Leadership(new SimulatedLease(node.toString()), LEASE, () -> {}, server.time::monotonic);
    }

    private LeaderLoop newDuties() {
        var board = new Board(server, link);
        var dispatcher = new Dispatcher(board, new Publisher(), server.time::monotonic);
        var splitter = new StragglerSplitter(board, splitting, EachJob.failingFast(StragglerSplitter.WHAT));
        return new LeaderLoop(
                List.of(
                        Duty.eachRound(DutyName.DISPATCH, dispatcher::runOnce),
                        Duty.eachTick(
                                DutyName.COMPLETION,
                                new JobCompletion(new JobEnds(server, link, node), job -> {})::runOnce),
                        Duty.eachTick(DutyName.REAP, new Reaper(new Leases(server, link), REDISPATCH_AFTER)::runOnce),
                        Duty.every(Rollouts.EVERY, DutyName.ROLLOUTS, new Rollouts(new Waves(server, link))::runOnce),
                        Duty.every(SPLIT_EVERY, DutyName.SPLIT, epoch -> {
                            if (splitter.runOnce()) {
                                dispatcher.runOnce(epoch);
                            }
                        })),
                TICK_LENGTH,
                (duty, work) -> round(work),
                server.time::monotonic);
    }

    public void start() {
        node.start();
        heard = 0;
        woken = false;
        leadership = newLeadership();
        duties = newDuties();
        lead();
        beat();
        work();
    }

    /** Starts the process, if it is not running. */
    public void restart() {
        if (!node.isUp()) {
            start();
        }
    }

    /** Whether it believes that it leads. */
    public boolean leads() {
        return node.isUp() && leadership.epoch().isPresent();
    }

    /** An event that may free a slot. */
    void wake() {
        if (node.isUp() && !woken) {
            woken = true;
            server.time.after(WAKES_WITHIN, node, () -> {
                woken = false;
                round(() -> leadership.epoch().ifPresent(epoch -> duties.runOnce(epoch, true)));
            });
        }
    }

    // A round that failed is followed by another.
    private void round(Runnable what) {
        try {
            what.run();
        } catch (Killed | Unreachable e) {
            return;
        }
    }

    private void lead() {
        server.time.after(LEAD_EVERY, node, this::lead);
        round(leadership::runOnce);
    }

    private void work() {
        server.time.after(TICK, node, this::work);
        round(this::readControl);
        if (node.isUp()) {
            round(() -> leadership.epoch().ifPresent(epoch -> duties.runOnce(epoch, false)));
        }
    }

    private void beat() {
        server.time.after(BEATS_EVERY, node, this::beat);
        if (leadership.epoch().isPresent()) {
            broker.beat();
        }
    }

    private void readControl() {
        if (!broker.isUp()) {
            return;
        }
        for (var desired : List.copyOf(broker.controlFrom(heard))) {
            var offset = heard;
            link.await(() -> {
                control.apply(desired.scope(), desired.record(), offset);
                return true;
            });
            heard++;
        }
    }

    /** The leader's lease, by the semantics of its statements. */
    private final class SimulatedLease implements Leadership.Lease {
        private final String me;

        SimulatedLease(String me) {
            this.me = me;
        }

        @Override
        public OptionalLong takeOrRenew(Duration length) {
            return link.await(() -> {
                var lead = server.lead;
                var now = server.clock();
                if (!lead.holder.equals(me) && lead.until >= now) {
                    return OptionalLong.empty();
                }
                if (!lead.holder.equals(me) || lead.until <= now) {
                    lead.epoch++;
                }
                lead.holder = me;
                lead.until = now + length.toNanos() / 1_000;
                server.committed();
                return OptionalLong.of(lead.epoch);
            });
        }

        @Override
        public void giveBack() {
            throw new Violation("simulated coordinators do not resign");
        }
    }

    /** The way to the broker; the process may die between two tasks. */
    private final class Publisher implements TaskPublisher {
        @Override
        public List<Task> publish(List<Task> tasks, Duration timeout) {
            var lost = new ArrayList<Task>();
            for (var task : tasks) {
                if (!broker.publish(task)) {
                    lost.add(task);
                }
            }
            return lost;
        }

        @Override
        public void close() {}
    }
}
