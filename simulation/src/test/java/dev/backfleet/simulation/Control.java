package dev.backfleet.simulation;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import java.util.List;

/** Puts wishes into effect, as the statements of the control schema do. */
final class Control {
    static final long UNPUBLISHED = -1;

    private final Server server;

    Control(Server server) {
        this.server = server;
    }

    /** Applies a wish, if it is newer than what was applied last. */
    void apply(Scope scope, ControlRecord wish, long offset) {
        if (scope instanceof Scope.Job one) {
            var job = server.job(one.id());
            if (offset == UNPUBLISHED || offset > job.controlOffset) {
                job.controlOffset = Math.max(offset, job.controlOffset);
                move(job, wish.state());
            }
        } else if (offset == UNPUBLISHED || offset > server.fleetOffset) {
            server.fleetOffset = Math.max(offset, server.fleetOffset);
            server.fleet = wish.state();
            server.fleetProvenQuiet = false;
        }
        server.committed();
    }

    private static void move(JobRow job, DesiredState wish) {
        switch (wish) {
            case PAUSE -> job.move(List.of(JobState.RUNNING), JobState.PAUSING);
            case RUN -> job.move(List.of(JobState.PAUSING, JobState.PAUSED), JobState.RUNNING);
            case CANCEL -> job.move(List.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED), JobState.CANCELLING);
        }
    }
}
