package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.NewPass;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Started;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.postgres.job.AuditStore;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements that store jobs which are derived from another one: reconciles, repairs, undos. */
public final class DerivedJobStore {

    private static final String COPY_THROTTLE = """
            insert into backfleet.throttle (job_id, wanted) select :job, wanted from backfleet.throttle where job_id = :checked
            """;

    private final Handle handle;

    public DerivedJobStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * Stores a job as PLANNING and audits it; nothing if an unfinished job has its name.
     *
     * @param what what it is, for the audit
     */
    public Optional<Started> insert(NewPass pass, Actor actor, String what) {
        var checked = pass.checked();
        var jobs = new JobStore(handle);
        var id = jobs.insert(
                new JobStore.NewJob(pass.name(), pass.spec(), pass.definition(), pass.limits(), checked.window()));
        id.ifPresent(stored -> {
            jobs.insertRelations(stored, checked.leaves());
            new PinStore(handle)
                    .pin(
                            stored,
                            new PinnedSpec(pass.definition(), checked.leaves(), pass.columns(), List.of(), List.of()));
            CompletenessStore.of(handle, stored).want();
            new AuditStore(handle).did(stored, actor, "submit", what);
        });
        return id.map(stored -> new Started(stored, pass.name(), checked.id(), checked.name()));
    }

    /** Gives a job the throttle of another one. */
    public void copyThrottle(long job, long checked) {
        handle.createUpdate(COPY_THROTTLE)
                .bind("job", job)
                .bind("checked", checked)
                .execute();
    }
}
