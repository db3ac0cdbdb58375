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
 * The control records about tenants that wait to be applied, the last one of each tenant. Applying one may wait for locks for a
 * long time, so a thread of its own does it: a pause of the fleet or of a job does not wait behind it. A coordinator that ends
 * before it has applied a record loses nothing: whoever starts next reads the topic from its beginning.
 */
public final class TenantPauseQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TenantPauseQueue.class);

    private final ControlObserver next;
    private final Map<Scope, Waiting> line = new LinkedHashMap<>();

    /**
     * Creates it.
     *
     * @param next applies a record, which may take its time
     */
    public TenantPauseQueue(ControlObserver next) {
        this.next = next;
    }

    /**
     * Takes records about tenants, and passes on all others at once.
     *
     * @param others gets what is not about a tenant
     * @param added is told when there is something to do
     */
    public ControlObserver before(ControlObserver others, Runnable added) {
        return new ControlObserver() {
            @Override
            public void onChange(ControlView view) {
                others.onChange(view);
            }

            @Override
            public void onDesiredState(Scope scope, Optional<ControlRecord> wish, ControlPosition position) {
                if (scope instanceof Scope.Tenant) {
                    add(scope, new Waiting(wish, position));
                    added.run();
                } else {
                    others.onDesiredState(scope, wish, position);
                }
            }
        };
    }

    // The record for the same tenant that still waits is superseded.
    private void add(Scope scope, Waiting waiting) {
        synchronized (line) {
            line.remove(scope);
            line.put(scope, waiting);
        }
    }

    /** Applies what waits, one after the other; what fails waits on, behind the others. */
    public void runOnce() {
        List<Map.Entry<Scope, Waiting>> round;
        synchronized (line) {
            round = List.copyOf(line.entrySet());
        }
        for (var entry : round) {
            var scope = entry.getKey();
            var waiting = entry.getValue();
            var applied = apply(scope, waiting);
            synchronized (line) {
                // A newer one may have come meanwhile: it stays.
                if (line.remove(scope, waiting) && !applied) {
                    line.put(scope, waiting);
                }
            }
        }
    }

    private boolean apply(Scope scope, Waiting waiting) {
        try {
            next.onDesiredState(scope, waiting.wish, waiting.position);
            return true;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("job", scope instanceof Scope.Tenant tenant ? tenant.job() : 0)
                    .addKeyValue("cause", e.getMessage())
                    .log("control record for a tenant could not be applied yet; it is tried again");
            return false;
        }
    }

    private record Waiting(Optional<ControlRecord> wish, ControlPosition position) {}
}
