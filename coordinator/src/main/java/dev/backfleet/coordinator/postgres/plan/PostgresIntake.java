package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.postgres.catalog.LockHolders;
import dev.backfleet.coordinator.postgres.job.AuditStore;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import dev.backfleet.coordinator.postgres.job.RolloutStore;
import dev.backfleet.coordinator.postgres.throttle.PostgresThrottle;
import java.util.Optional;

/** Stores a submitted job in the control schema, in one transaction. */
public final class PostgresIntake implements SubmitJob.Intake {
    private final Database database;

    public PostgresIntake(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Long> store(ParsedSpec parsed, PinnedSpec pinned, Actor actor) {
        var spec = parsed.spec();
        var job = new JobStore.NewJob(spec.name(), spec.source(), pinned.definition(), spec.limits(), spec.window());
        return database.jdbi().inTransaction(handle -> {
            var jobs = new JobStore(handle);
            var id = jobs.insert(job);
            id.ifPresent(stored -> {
                jobs.insertRelations(stored, pinned.leaves());
                new PinStore(handle).pin(stored, pinned);
                CompletenessStore.of(handle, stored).want();
                for (var i = 0; i < pinned.notes().size(); i++) {
                    new NoteStore(handle)
                            .tell(stored, "submission " + i, pinned.notes().get(i));
                }
                PostgresThrottle.insertSettings(handle, stored, spec.throttle());
                new AuditStore(handle).did(stored, actor, "submit", null);
                spec.rollout().ifPresent(rollout -> new RolloutStore(handle).set(stored, rollout));
            });
            return id;
        });
    }

    @Override
    public RuntimeException explained(TableName table, RuntimeException failure) {
        return new LockHolders(database).explained(table, failure);
    }
}
