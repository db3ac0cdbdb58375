package dev.backfleet.simulation;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;

/** A person at the command line: pauses, resumes and cancels, and believes the acknowledgement. */
final class Operator {
    private final Server server;
    private final Broker broker;
    private final Node node;
    private final Repairs repairs;
    private final Link link;
    private final Control control;
    private final Quieting quieting;

    Operator(String name, Server server, Broker broker, Weather weather) {
        this.node = new Node(name);
        this.server = server;
        this.broker = broker;
        this.link = new Link(server, node, weather);
        this.control = new Control(server, node, new Splitting(server, link, node));
        this.quieting = new Quieting(server, node);
        this.repairs = new Repairs(server, node, link);
        node.start();
    }

    /** Lets FAILED shards go on. */
    void retryShards(JobRow job) {
        act(() -> repairs.retryShards(job));
    }

    /** Retries the rows in quarantine. */
    void retryRows(JobRow job) {
        act(() -> repairs.retryRows(job));
    }

    /** Sets a job's error budget. */
    void permit(JobRow job, int rows) {
        act(() -> repairs.permit(job, rows));
    }

    /** Begins a job's next wave, if the one before is done. */
    void promote(JobRow job) {
        act(() -> link.await(() -> {
            Waves.promote(server, job);
            return true;
        }));
    }

    /** Says it over the control topic and puts it into effect; a stop is proven, a resume said last. */
    void command(Scope scope, DesiredState wish) {
        act(() -> carryOut(scope, new ControlRecord(wish, null, null)));
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

    /** As any producer can: a word on the topic, and nothing else. */
    void say(Scope scope, DesiredState wish) {
        broker.say(scope, new ControlRecord(wish, null, null));
    }

    private void carryOut(Scope scope, ControlRecord wish) {
        var stop = wish.state() != DesiredState.RUN;
        if (stop) {
            broker.say(scope, wish);
        }
        link.await(() -> {
            control.apply(scope, wish, Control.UNPUBLISHED);
            return true;
        });
        if (!stop) {
            broker.say(scope, wish);
        } else if (scope instanceof Scope.Tenant) {
            return; // the wish, the carving and the hold were one transaction
        } else if (scope instanceof Scope.Job job) {
            link.await(() -> prove(server.job(job.id())));
        } else {
            link.await(() -> {
                quieting.takeBack(null);
                server.fleetProvenQuiet = server.fleet == DesiredState.PAUSE;
                return true;
            });
        }
    }

    private boolean prove(JobRow job) {
        if (job.state == JobState.PAUSING) {
            return quieting.job(job, JobState.PAUSED);
        }
        return job.state == JobState.CANCELLING && quieting.job(job, JobState.CANCELLED);
    }
}
