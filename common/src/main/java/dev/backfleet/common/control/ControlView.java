package dev.backfleet.common.control;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state of the control topic as far as it was read, an immutable value, and what it permits.
 *
 * @param connected whether the topic was read to its end and is still being read; if not, nothing is permitted
 * @param desired the last desired state of each scope; a scope without one may run
 * @param hasLeader whether a coordinator's heartbeat is recent enough; if not, nothing is permitted
 */
public record ControlView(boolean connected, Map<Scope, ControlRecord> desired, boolean hasLeader) {

    /** Before anything was read: nothing is permitted. */
    public static final ControlView DISCONNECTED = new ControlView(false, Map.of());

    public ControlView {
        desired = Map.copyOf(desired);
    }

    /** A view with a leading coordinator. */
    public ControlView(boolean connected, Map<Scope, ControlRecord> desired) {
        this(connected, desired, true);
    }

    /** Whether workers may take tasks at all. */
    public boolean fleetMayRun() {
        return connected && hasLeader && state(Scope.FLEET) == DesiredState.RUN;
    }

    /** Whether rows of the job may be changed now. */
    public boolean mayRun(long job) {
        return fleetMayRun() && state(Scope.job(job)) == DesiredState.RUN;
    }

    /** The paused tenants of a job, as they were written: only PostgreSQL can compare them. */
    public Set<String> pausedTenants(long job) {
        return desired.entrySet().stream()
                .filter(desired -> desired.getValue().state() != DesiredState.RUN)
                .map(Map.Entry::getKey)
                .filter(Scope.Tenant.class::isInstance)
                .map(Scope.Tenant.class::cast)
                .filter(scope -> scope.job() == job)
                .map(Scope.Tenant::tenant)
                .collect(toUnmodifiableSet());
    }

    /** The desired state of a scope; {@link DesiredState#RUN} if there is none. */
    public DesiredState state(Scope scope) {
        var record = desired.get(scope);
        return record == null ? DesiredState.RUN : record.state();
    }

    /** The same desired states, connected or not. */
    public ControlView withConnected(boolean now) {
        return new ControlView(now, desired, hasLeader);
    }

    /** The same desired states, with or without a coordinator. */
    public ControlView withLeader(boolean now) {
        return now == hasLeader ? this : new ControlView(connected, desired, now);
    }

    /** The view with another desired state for a scope. */
    public ControlView with(Scope scope, ControlRecord record) {
        var changed = new HashMap<>(desired);
        changed.put(scope, record);
        return new ControlView(connected, changed, hasLeader);
    }

    /** The view without a desired state for a scope (after a tombstone). */
    public ControlView without(Scope scope) {
        var changed = new HashMap<>(desired);
        changed.remove(scope);
        return new ControlView(connected, changed, hasLeader);
    }
}
