package dev.backfleet.simulation;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import java.util.List;

/** Puts wishes into effect, as the statements of the control schema do. */
final class Control {
    static final long UNPUBLISHED = -1;
    private static final int ATTEMPTS = 40;

    private final Server server;
    private final Node node;
    private final Splitting splitting;

    Control(Server server, Node node, Splitting splitting) {
        this.node = node;
        this.server = server;
        this.splitting = splitting;
    }

    /** Applies a wish, if it is newer than what was applied last. */
    void apply(Scope scope, ControlRecord wish, long offset) {
        if (scope instanceof Scope.Tenant tenant) {
            apply(tenant, wish.state(), offset);
        } else if (scope instanceof Scope.Job one) {
            var job = server.job(one.id());
            server.awaitFree(node, job.lock);
            if (offset == UNPUBLISHED || offset > job.controlOffset) {
                job.controlOffset = Math.max(offset, job.controlOffset);
                move(job, wish.state());
            }
        } else {
            server.awaitFree(node, server.fleetLock);
            if (offset == UNPUBLISHED || offset > server.fleetOffset) {
                server.fleetOffset = Math.max(offset, server.fleetOffset);
                server.fleet = wish.state();
                server.fleetProvenQuiet = false;
            }
        }
        server.committed();
    }

    // Who waited for the batches that are under way looks again whether the wish is still the newest.
    private void apply(Scope.Tenant scope, DesiredState wish, long offset) {
        var job = server.job(scope.job());
        if (!job.table.tenantLed() || Table.parse(scope.tenant()) < 0) {
            return;
        }
        for (var attempt = 1; attempt <= ATTEMPTS; attempt++) {
            var ready = wish == DesiredState.RUN || splitting.waitFor(job, scope.tenant());
            var last = job.tenantOffsets.getOrDefault(scope.tenant(), UNPUBLISHED);
            if (offset != UNPUBLISHED && offset <= last) {
                return;
            }
            if (ready) {
                job.tenantOffsets.put(scope.tenant(), Math.max(offset, last));
                splitting.apply(job, scope.tenant(), wish);
                return;
            }
        }
        throw new Unreachable();
    }

    private static void move(JobRow job, DesiredState wish) {
        switch (wish) {
            case PAUSE -> job.move(List.of(JobState.RUNNING), JobState.PAUSING);
            case RUN -> {
                if (!job.move(List.of(JobState.PAUSING, JobState.PAUSED), JobState.RUNNING)) {
                    goOn(job);
                }
            }
            case CANCEL ->
                job.move(
                        List.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED),
                        JobState.CANCELLING);
        }
    }

    private static void goOn(JobRow job) {
        if (job.move(List.of(JobState.HALTED), JobState.RUNNING)) {
            job.quarantine.goOn();
        }
    }
}
