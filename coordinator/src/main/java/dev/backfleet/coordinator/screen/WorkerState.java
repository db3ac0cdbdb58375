package dev.backfleet.coordinator.screen;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Whether workers accept tasks, in words. */
public final class WorkerState {
    private WorkerState() {}

    /** The state of a worker. */
    public static String words(WorkerStatus worker) {
        if (!worker.alive()) {
            return "no heartbeat";
        }
        return worker.taking() ? "accepting tasks" : notAccepting(worker);
    }

    /** Why a live worker does not accept tasks. */
    static String notAccepting(WorkerStatus worker) {
        var why = worker.notAccepting();
        return "accepts no tasks"
                + (why == null ? "" : ": " + why.reason().words() + " since " + JobFormat.moment(why.since()));
    }

    /**
     * Notices about live workers that do not accept tasks, except those that are stopping or whose fleet is paused. While
     * commits wait, there is no leader, which is no further failure.
     */
    static List<String> troubles(Snapshot snapshot) {
        var workers = snapshot.workers();
        var alive = workers.stream().filter(WorkerStatus::alive).count();
        var troubles = new ArrayList<String>();
        for (var reason : NotAccepting.values()) {
            var since = workers.stream()
                    .filter(WorkerStatus::alive)
                    .map(WorkerStatus::notAccepting)
                    .filter(why -> why != null && why.reason() == reason)
                    .map(WorkerStatus.NotTaking::since)
                    .toList();
            if (isTrouble(reason, snapshot.fleet()) && !since.isEmpty()) {
                troubles.add(HumanText.number(since.size()) + " of " + HumanText.number(alive)
                        + (alive == 1 ? " worker accepts" : " workers accept") + " no tasks: " + reason.words()
                        + " since "
                        + JobFormat.moment(
                                since.stream().min(Instant::compareTo).orElseThrow()) + "; "
                        + remedy(reason));
            }
        }
        return troubles;
    }

    private static boolean isTrouble(NotAccepting reason, FleetStatus fleet) {
        return switch (reason) {
            case STOPPING, FLEET_PAUSED -> false;
            case NO_COORDINATOR -> fleet.commitWait() == null;
            case DATABASE_UNREACHABLE, DATABASE_READ_ONLY, CONTROL_TOPIC_UNREACHABLE -> true;
        };
    }

    private static String remedy(NotAccepting reason) {
        return switch (reason) {
            case DATABASE_UNREACHABLE -> "check the network between workers and PostgreSQL, and the workers' logs";
            case DATABASE_READ_ONLY ->
                "they resume when it accepts writes, or the address points to a server that does";
            case CONTROL_TOPIC_UNREACHABLE -> "check Kafka; they resume when it is back";
            case NO_COORDINATOR -> "check the coordinator and Kafka; they resume at its next heartbeat";
            case STOPPING, FLEET_PAUSED -> "";
        };
    }
}
