package dev.backfleet.simulation.process;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.task.Task;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.time.Timeline;
import java.util.ArrayList;
import java.util.List;

/** The simulated Kafka: tasks may be lost, doubled, late and out of order; control records are kept and read in order. */
public final class Broker {
    private static final long RETRY = 40_000;
    private static final long GIVE_UP = 60_000_000;

    private final Timeline time;
    private final FaultModel faultModel;
    private final List<DesiredRecord> control = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<CoordinatorProcess> coordinators = new ArrayList<>();
    private boolean up = true;
    private long lastBeat = Long.MIN_VALUE / 2;

    public Broker(Timeline time, FaultModel faultModel) {
        this.time = time;
        this.faultModel = faultModel;
    }

    void join(WorkerProcess worker) {
        workers.add(worker);
    }

    void join(CoordinatorProcess coordinator) {
        coordinators.add(coordinator);
    }

    /** An event frees a slot; the leader may receive it. */
    void report() {
        if (up && !faultModel.strikes(5)) {
            time.after(faultModel.delay(), () -> coordinators.forEach(CoordinatorProcess::wake));
        }
    }

    public void stop(long downFor) {
        up = false;
        time.after(downFor, () -> up = true);
    }

    boolean isUp() {
        return up;
    }

    /** Whether the task is known to have arrived; it may have, all the same. */
    boolean publish(Task task) {
        if (!up) {
            return false;
        }
        var fate = faultModel.fate();
        if (fate != FaultModel.Fate.LOST) {
            deliver(task, faultModel.delay());
        }
        if (fate == FaultModel.Fate.DOUBLED) {
            deliver(task, faultModel.longDelay());
            deliver(task, faultModel.longDelay());
        }
        return fate != FaultModel.Fate.ARRIVED_UNKNOWN;
    }

    /** Appends a control record; false if the topic could not be written. */
    boolean say(Scope scope, ControlRecord record) {
        return up && control.add(new DesiredRecord(scope, record));
    }

    /** Publishes the leading coordinator's heartbeat. */
    void beat() {
        if (up) {
            lastBeat = time.now();
        }
    }

    /** When it said so last. */
    long lastBeat() {
        return lastBeat;
    }

    /** The control records from an offset on, in order. */
    List<DesiredRecord> controlFrom(int place) {
        return control.subList(Math.min(place, control.size()), control.size());
    }

    private void deliver(Task task, long delay) {
        time.after(delay, () -> offer(task, time.now()));
    }

    private void offer(Task task, long since) {
        if (up) {
            var first = faultModel.pick(workers.size());
            for (var i = 0; i < workers.size(); i++) {
                if (workers.get((first + i) % workers.size()).take(task)) {
                    return;
                }
            }
        }
        if (time.now() - since < GIVE_UP) {
            time.after(RETRY, () -> offer(task, since));
        }
    }

    /** A record of the control topic. */
    record DesiredRecord(Scope scope, ControlRecord record) {}
}
