package dev.backfleet.simulation.adapter;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Table;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Node;
import java.util.List;

/** Applies control records, as the statements of the control schema do. */
public final class Control {
    public static final long UNPUBLISHED = -1;
    private static final int ATTEMPTS = 40;

    private final Server server;
    private final Node node;
    private final Splitting splitting;

    public Control(Server server, Node node, Splitting splitting) {
        this.node = node;
        this.server = server;
        this.splitting = splitting;
    }

    /** Applies a desired state, if it is newer than the last one that was applied. */
    public void apply(Scope scope, ControlRecord desired, long offset) {
        if (scope instanceof Scope.Tenant tenant) {
            apply(tenant, desired.state(), offset);
        } else if (scope instanceof Scope.Job one) {
            var job = server.job(one.id());
            server.awaitFree(node, job.lock);
            if (offset == UNPUBLISHED || offset > job.controlOffset) {
                job.controlOffset = Math.max(offset, job.controlOffset);
                move(job, desired.state());
            }
        } else {
            server.awaitFree(node, server.fleetLock);
            if (offset == UNPUBLISHED || offset > server.fleetOffset) {
                server.fleetOffset = Math.max(offset, server.fleetOffset);
                server.fleet = desired.state();
                server.fleetPauseProven = false;
            }
        }
        server.committed();
    }

    // After waiting for running batches, checks again that the desired state is still the newest.
    private void apply(Scope.Tenant scope, DesiredState desired, long offset) {
        var job = server.job(scope.job());
        if (!job.table.tenantLed() || Table.parse(scope.tenant()) < 0) {
            return;
        }
        for (var attempt = 1; attempt <= ATTEMPTS; attempt++) {
            var ready = desired == DesiredState.RUN || splitting.waitFor(job, scope.tenant());
            var last = job.tenantOffsets.getOrDefault(scope.tenant(), UNPUBLISHED);
            if (offset != UNPUBLISHED && offset <= last) {
                return;
            }
            if (ready) {
                job.tenantOffsets.put(scope.tenant(), Math.max(offset, last));
                splitting.apply(job, scope.tenant(), desired);
                return;
            }
        }
        throw new Unreachable();
    }

    private static void move(JobRow job, DesiredState desired) {
        switch (desired) {
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
