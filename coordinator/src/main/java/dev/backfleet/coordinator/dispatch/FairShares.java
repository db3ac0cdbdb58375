package dev.backfleet.coordinator.dispatch;

import dev.backfleet.coordinator.dispatch.FleetLoad.Grant;
import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Shares the fleet's slots between jobs by weight: the next task is for the job that has used the least for its weight, where
 * each outstanding task counts as a time slice that will be used. So no slot is idle while a job may use it, and no job starves.
 * The window of outstanding tasks is the fleet's slots plus a small reserve: a slot that becomes free finds a task, and few
 * tasks are outstanding when a job is paused or a new one comes.
 */
public final class FairShares {

    /** About how long a task is worked on before its slot is free again, in seconds. */
    private static final double SLICE = 10;

    private FairShares() {}

    /** The tasks to publish now, given the fleet's slots and the load of each job. */
    public static List<Grant> choose(FleetLoad load) {
        var turns = turns(load);
        var served = new ArrayList<Turn>();
        for (var free = window(load.slots()) - load.outstanding(); free > 0 && !turns.isEmpty(); free--) {
            var next = turns.remove();
            if (next.granted == 0) {
                served.add(next);
            }
            next.granted++;
            if (next.granted < next.room) {
                turns.add(next);
            }
        }
        return served.stream()
                .map(turn -> new Grant(turn.job.job(), turn.granted))
                .toList();
    }

    // A heap: each task costs the logarithm of the number of jobs.
    private static PriorityQueue<Turn> turns(FleetLoad load) {
        var turns = new PriorityQueue<Turn>();
        for (var job : load.jobs()) {
            var turn = new Turn(job, turns.size(), job.room(load.slots()));
            if (turn.room > 0) {
                turns.add(turn);
            }
        }
        return turns;
    }

    // Without workers nothing is published: the tasks would only expire.
    private static int window(int slots) {
        return slots == 0 ? 0 : slots + Math.max(2, slots / 4);
    }

    /** A job that competes for the next task; of two with equal usage, the older one comes first. */
    private static final class Turn implements Comparable<Turn> {
        private final JobLoad job;
        private final int place;
        private final int room;
        private int granted;

        Turn(JobLoad job, int place, int room) {
            this.job = job;
            this.place = place;
            this.room = room;
        }

        private double due() {
            return job.served() + SLICE * (job.outstanding() + granted) / job.weight();
        }

        @Override
        public int compareTo(Turn other) {
            var byDue = Double.compare(due(), other.due());
            return byDue != 0 ? byDue : Integer.compare(place, other.place);
        }
    }
}
