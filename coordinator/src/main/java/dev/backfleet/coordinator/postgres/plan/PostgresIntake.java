package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.LockHolders;
import dev.backfleet.coordinator.postgres.control.PauseProtocol;
import dev.backfleet.coordinator.postgres.cost.ForecastStore;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.postgres.job.JobNameStore;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import dev.backfleet.coordinator.postgres.job.RolloutStore;
import dev.backfleet.coordinator.postgres.throttle.PostgresThrottle;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores a submitted job in the control schema, in one transaction. */
public final class PostgresIntake implements Intake {
    /** The reason of the pause of a job that is submitted so. */
    private static final String PAUSED = "submitted with --paused";

    private final Database database;

    public PostgresIntake(Database database) {
        this.database = database;
    }

    @Override
    public Optional<NameUse> use(String name) {
        return database.jdbi().withHandle(handle -> new JobNameStore(handle).use(name));
    }

    @Override
    public List<OtherJob> unfinished(List<JobDefinition.Table> tables) {
        return database.jdbi().withHandle(handle -> new JobNameStore(handle).unfinished(tables));
    }

    @Override
    public Stored store(ParsedSpec parsed, PinnedSpec pinned, Actor actor, How how) {
        return database.jdbi().inTransaction(handle -> {
            var names = new JobNameStore(handle);
            var name = parsed.spec().name();
            // Two submissions of one name come one after the other, so that the second uses up no id.
            names.lock(name);
            var use = names.use(name).filter(one -> !(one.succeeded() && how.again()));
            return use.isPresent()
                    ? new Stored(Optional.empty(), use)
                    : stored(insert(handle, parsed, pinned, actor, how), names, name);
        });
    }

    // A coordinator of the previous release, or a retry of a FAILED job, may have taken the name all the same.
    private static Stored stored(Optional<Long> id, JobNameStore names, String name) {
        return new Stored(id, id.isPresent() ? Optional.empty() : names.use(name));
    }

    private static Optional<Long> insert(Handle handle, ParsedSpec parsed, PinnedSpec pinned, Actor actor, How how) {
        var spec = parsed.spec();
        var jobs = new JobStore(handle);
        var id = jobs.insert(new JobStore.NewJob(
                spec.name(), spec.source(), pinned.definition(), spec.limits(), spec.window(), spec.deadline()));
        id.ifPresent(stored -> {
            if (how.traceparent() != null) {
                jobs.submittedBy(stored, how.traceparent());
            }
            new JobRelationStore(handle).insert(stored, pinned.leaves());
            new PinStore(handle).pin(stored, pinned);
            new ForecastStore(handle).begin(stored, pinned.definition(), spec.limits());
            CompletenessStore.of(handle, stored).want();
            var notes = pinned.notes();
            for (var i = 0; i < notes.size(); i++) {
                new NoteStore(handle).tell(stored, "submission " + i, notes.get(i));
            }
            if (pinned.definition().walk().inPasses()) {
                new NoteStore(handle)
                        .tell(
                                stored,
                                "passes",
                                "each shard is walked over in "
                                        + pinned.definition().walk().passes() + " passes: " + pinned.passesReason());
            }
            PostgresThrottle.insertSettings(handle, stored, spec.throttle());
            new AuditStore(handle).did(stored, actor, "submit", forced(pinned));
            pinned.rollout().ifPresent(rollout -> new RolloutStore(handle).set(stored, rollout));
            if (how.paused()) {
                PauseProtocol.pauseFromTheStart(
                        handle, stored, new ControlRecord(DesiredState.PAUSE, PAUSED, actor.words()), actor);
            }
        });
        return id;
    }

    // The codes of the findings that would refuse it.
    private static @Nullable String forced(PinnedSpec pinned) {
        var codes = pinned.findings().stream()
                .filter(Finding::refuses)
                .map(finding -> finding.code().text())
                .distinct()
                .collect(joining(", "));
        return codes.isEmpty() ? null : codes;
    }

    @Override
    public RuntimeException explained(TableName table, RuntimeException failure) {
        return new LockHolders(database).explained(table, failure);
    }
}
