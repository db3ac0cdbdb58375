package dev.backfleet.simulation;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.task.Task;
import java.util.ArrayList;
import java.util.List;

/** The simulated Kafka: tasks may be lost, doubled, late and out of order; control records are kept and read in order. */
final class Broker {
    private static final long RETRY = 40_000;
    private static final long GIVE_UP = 60_000_000;

    private final Timeline time;
    private final Weather weather;
    private final List<Wish> control = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<CoordinatorProcess> coordinators = new ArrayList<>();
    private boolean up = true;
    private long lastBeat = Long.MIN_VALUE / 2;

    Broker(Timeline time, Weather weather) {
        this.time = time;
        this.weather = weather;
    }

    void join(WorkerProcess worker) {
        workers.add(worker);
    }

    void join(CoordinatorProcess coordinator) {
        coordinators.add(coordinator);
    }

    /** Something happened that makes room for a task; who leads may hear of it. */
    void report() {
        if (up && !weather.strikes(5)) {
            time.after(weather.delay(), () -> coordinators.forEach(CoordinatorProcess::wake));
        }
    }

    void stop(long downFor) {
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
        var fate = weather.fate();
        if (fate != Weather.Fate.LOST) {
            deliver(task, weather.delay());
        }
        if (fate == Weather.Fate.DOUBLED) {
            deliver(task, weather.longDelay());
            deliver(task, weather.longDelay());
        }
        return fate != Weather.Fate.ARRIVED_UNKNOWN;
    }

    /** Appends a wish; false if the topic could not be written. */
    boolean say(Scope scope, ControlRecord record) {
        return up && control.add(new Wish(scope, record));
    }

    /** The leading coordinator says that it lives. */
    void beat() {
        if (up) {
            lastBeat = time.now();
        }
    }

    /** When it said so last. */
    long lastBeat() {
        return lastBeat;
    }

    /** The wishes from a place on, in order. */
    List<Wish> controlFrom(int place) {
        return control.subList(Math.min(place, control.size()), control.size());
    }

    private void deliver(Task task, long delay) {
        time.after(delay, () -> offer(task, time.now()));
    }

    private void offer(Task task, long since) {
        if (up) {
            var first = weather.pick(workers.size());
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
    record Wish(Scope scope, ControlRecord record) {}
}
