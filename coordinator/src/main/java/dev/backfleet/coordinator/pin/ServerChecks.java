package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.unit.HumanDuration;

/** Whether the server lets a job work as its spec says. */
final class ServerChecks {
    private final Catalog catalog;
    private final SpecLocations places;
    private final Spec spec;

    ServerChecks(Catalog catalog, SpecLocations places, Spec spec) {
        this.catalog = catalog;
        this.places = places;
        this.spec = spec;
    }

    /** Throws {@link dev.backfleet.common.spec.SpecException} if it does not. */
    void refuse() {
        checkDuration();
        checkTriggers();
    }

    private void checkTriggers() {
        if (spec.change().triggers() == Triggers.FIRE) {
            return;
        }
        catalog.triggerRefusal().ifPresent(why -> {
            throw places.problem(
                    "triggers",
                    "this role may not suppress them: " + why,
                    "let a superuser run: grant set on parameter session_replication_role to the role "
                            + "(from PostgreSQL 15 on; before, only a superuser may), or leave triggers out");
        });
    }

    private void checkDuration() {
        var longest = catalog.deadlockTimeout().dividedBy(2);
        if (spec.limits().batchDuration().compareTo(longest) > 0) {
            throw places.problem(
                    "batch.duration",
                    HumanDuration.format(spec.limits().batchDuration())
                            + " is too long for this server: a batch must end before deadlock_timeout ("
                            + HumanDuration.format(catalog.deadlockTimeout()) + ")",
                    "write at most " + HumanDuration.format(longest));
        }
    }
}
