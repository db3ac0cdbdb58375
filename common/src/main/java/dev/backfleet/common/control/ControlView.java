package dev.backfleet.common.control;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state of the control topic as far as it was read: an immutable value, and the pure decision what it permits.
 *
 * @param heard whether the topic was read to its end, and is still being heard; if not, nothing is permitted
 * @param desired the last wish for each scope; a scope without one may run
 * @param led whether a coordinator has given a sign of life lately; if not, nothing is permitted
 */
public record ControlView(boolean heard, Map<Scope, ControlRecord> desired, boolean led) {

    /** Before anything was read: nothing is permitted. */
    public static final ControlView UNHEARD = new ControlView(false, Map.of());

    /** Copies the maps. */
    public ControlView {
        desired = Map.copyOf(desired);
    }

    /** With a coordinator that leads. */
    public ControlView(boolean heard, Map<Scope, ControlRecord> desired) {
        this(heard, desired, true);
    }

    /** Whether workers may take tasks at all. */
    public boolean fleetMayRun() {
        return heard && led && state(Scope.FLEET) == DesiredState.RUN;
    }

    /** Whether rows of the job may be changed now. */
    public boolean mayRun(long job) {
        return fleetMayRun() && state(Scope.job(job)) == DesiredState.RUN;
    }

    /** The tenants of a job of which no row may change, as they were written: only PostgreSQL can compare them. */
    public Set<String> pausedTenants(long job) {
        return desired.entrySet().stream()
                .filter(wish -> wish.getValue().state() != DesiredState.RUN)
                .map(Map.Entry::getKey)
                .filter(Scope.Tenant.class::isInstance)
                .map(Scope.Tenant.class::cast)
                .filter(scope -> scope.job() == job)
                .map(Scope.Tenant::tenant)
                .collect(toUnmodifiableSet());
    }

    /** The last wish for a scope; {@link DesiredState#RUN} if there is none. */
    public DesiredState state(Scope scope) {
        var record = desired.get(scope);
        return record == null ? DesiredState.RUN : record.state();
    }

    /** The same wishes, heard or not. */
    public ControlView withHeard(boolean now) {
        return new ControlView(now, desired, led);
    }

    /** The same wishes, with or without a coordinator. */
    public ControlView withLed(boolean now) {
        return now == led ? this : new ControlView(heard, desired, now);
    }

    /** With a scope's wish replaced. */
    public ControlView with(Scope scope, ControlRecord record) {
        var changed = new HashMap<>(desired);
        changed.put(scope, record);
        return new ControlView(heard, changed, led);
    }

    /** With a scope's wish forgotten (a tombstone). */
    public ControlView without(Scope scope) {
        var changed = new HashMap<>(desired);
        changed.remove(scope);
        return new ControlView(heard, changed, led);
    }
}
