package dev.backfleet.simulation.process;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.simulation.adapter.Control;
import dev.backfleet.simulation.adapter.Quiescing;
import dev.backfleet.simulation.adapter.Repairs;
import dev.backfleet.simulation.adapter.Splitting;
import dev.backfleet.simulation.adapter.Waves;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Killed;
import dev.backfleet.simulation.time.Node;
import java.util.function.LongFunction;

/** A person at the command line: pauses, resumes and cancels, and believes the acknowledgement. */
public final class Operator {
    private final Server server;
    private final Broker broker;
    private final Node node;
    private final Repairs repairs;
    private final Link link;
    private final Control control;
    private final Quiescing quiescing;

    public Operator(String name, Server server, Broker broker, FaultModel faultModel) {
        this.node = new Node(name);
        this.server = server;
        this.broker = broker;
        this.link = new Link(server, node, faultModel);
        this.control = new Control(server, node, new Splitting(server, link, node));
        this.quiescing = new Quiescing(server, node);
        this.repairs = new Repairs(server, node, link);
        node.start();
    }

    /** Retries FAILED shards. */
    public void retryShards(JobRow job) {
        act(() -> repairs.retryShards(job));
    }

    /** Submits an undo of a job that has finished. */
    public void undo(JobRow job, LongFunction<JobRow> planned) {
        act(() -> repairs.undo(job, planned));
    }

    /** Retries the rows in quarantine. */
    public void retryRows(JobRow job) {
        act(() -> repairs.retryRows(job));
    }

    /** Sets a job's error budget. */
    public void permit(JobRow job, int rows) {
        act(() -> repairs.permit(job, rows));
    }

    /** Begins a job's next wave, if the current one is done. */
    public void promote(JobRow job) {
        act(() -> link.await(() -> {
            Waves.promote(server, job);
            return true;
        }));
    }

    /** Publishes and applies a desired state; a stop waits for its confirmation, a resume is published last. */
    public void command(Scope scope, DesiredState desired) {
        act(() -> carryOut(scope, new ControlRecord(desired, null, null)));
    }

    private void act(Runnable command) {
        server.time.after(0, node, () -> {
            try {
                command.run();
            } catch (Unreachable e) {
                return; // the person sees an error, and knows nothing
            } catch (Killed e) {
                node.start();
            }
        });
    }

    /** Publishes a bare word on the topic and nothing else, as any producer can. */
    public void say(Scope scope, DesiredState desired) {
        broker.say(scope, new ControlRecord(desired, null, null));
    }

    private void carryOut(Scope scope, ControlRecord desired) {
        var stop = desired.state() != DesiredState.RUN;
        if (stop) {
            broker.say(scope, desired);
        }
        link.await(() -> {
            control.apply(scope, desired, Control.UNPUBLISHED);
            return true;
        });
        if (!stop) {
            broker.say(scope, desired);
        } else if (scope instanceof Scope.Tenant) {
            return; // desired state, isolation and hold were one transaction
        } else if (scope instanceof Scope.Job job) {
            link.await(() -> prove(server.job(job.id())));
        } else {
            link.await(() -> {
                quiescing.takeBack(null);
                server.fleetPauseProven = server.fleet == DesiredState.PAUSE;
                return true;
            });
        }
    }

    private boolean prove(JobRow job) {
        if (job.state == JobState.PAUSING) {
            return quiescing.job(job, JobState.PAUSED);
        }
        return job.state == JobState.CANCELLING && quiescing.job(job, JobState.CANCELLED);
    }
}
