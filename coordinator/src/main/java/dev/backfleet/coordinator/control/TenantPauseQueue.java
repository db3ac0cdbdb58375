package dev.backfleet.coordinator.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues control records about tenants until they are applied, only the last record of each tenant. Applying one may wait for
 * locks for a long time, so a thread of its own does it, and a pause of the fleet or of a job is not delayed. If the coordinator
 * ends before a record is applied, nothing is lost: the next coordinator reads the topic from its beginning.
 */
public final class TenantPauseQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TenantPauseQueue.class);

    private final ControlObserver next;
    private final Map<Scope, Waiting> queue = new LinkedHashMap<>();

    /** @param next applies a record, which may take long */
    public TenantPauseQueue(ControlObserver next) {
        this.next = next;
    }

    /**
     * Queues records about tenants, and passes on all others at once.
     *
     * @param others receives the records that are not about a tenant
     * @param added is called when a record was queued
     */
    public ControlObserver before(ControlObserver others, Runnable added) {
        return new ControlObserver() {
            @Override
            public void onChange(ControlView view) {
                others.onChange(view);
            }

            @Override
            public void onDesiredState(Scope scope, Optional<ControlRecord> record, ControlPosition position) {
                if (scope instanceof Scope.Tenant) {
                    add(scope, new Waiting(record, position));
                    added.run();
                } else {
                    others.onDesiredState(scope, record, position);
                }
            }
        };
    }

    // Replaces a queued record of the same tenant.
    private void add(Scope scope, Waiting waiting) {
        synchronized (queue) {
            queue.remove(scope);
            queue.put(scope, waiting);
        }
    }

    /** Applies the queued records, one after the other; a record that fails is queued again, behind the others. */
    public void runOnce() {
        List<Map.Entry<Scope, Waiting>> round;
        synchronized (queue) {
            round = List.copyOf(queue.entrySet());
        }
        for (var entry : round) {
            var scope = entry.getKey();
            var waiting = entry.getValue();
            var applied = apply(scope, waiting);
            synchronized (queue) {
                // A newer record of this tenant may have been queued in the meantime: it stays.
                if (queue.remove(scope, waiting) && !applied) {
                    queue.put(scope, waiting);
                }
            }
        }
    }

    private boolean apply(Scope scope, Waiting waiting) {
        try {
            next.onDesiredState(scope, waiting.record, waiting.position);
            return true;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("job", scope instanceof Scope.Tenant tenant ? tenant.job() : 0)
                    .addKeyValue("cause", e.getMessage())
                    .log("control record for a tenant could not be applied yet; retrying");
            return false;
        }
    }

    private record Waiting(Optional<ControlRecord> record, ControlPosition position) {}
}
