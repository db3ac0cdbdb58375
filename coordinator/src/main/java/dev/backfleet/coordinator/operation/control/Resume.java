package dev.backfleet.coordinator.operation.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Resumes a paused job, one tenant of it or the whole fleet; a HALTED job too, if its table matches the job's snapshot again. */
public final class Resume {
    private static final Set<JobState> RESUMABLE =
            Set.of(JobState.PAUSED, JobState.PAUSING, JobState.RUNNING, JobState.PLANNING, JobState.HALTED);

    private static final Set<JobState> RAN = Set.of(JobState.SUCCEEDED, JobState.FAILED);

    private final Lookup lookup;
    private final ControlStore store;
    private final ControlChannel channel;
    private final Pins pins;
    private final Budgets budgets;

    public Resume(Lookup lookup, ControlStore store, ControlChannel channel, Pins pins, Budgets budgets) {
        this.lookup = lookup;
        this.store = store;
        this.channel = channel;
        this.pins = pins;
        this.budgets = budgets;
    }

    /**
     * Resumes.
     *
     * @param partitions for a HALTED job whose partitions were detached or replaced: resume without them, and what happens to
     *     the rows of the tables that replaced them; nothing: the partitions must be attached again
     * @return what is true after that
     * @throws OperationRefused NOT_FOUND; INVALID for a tenant of a job whose shards do not follow tenants; CONFLICT if the
     *     job has ended; NOT_NOW if its table does not match its snapshot; STALE if it ended at the same moment
     */
    public Resumed run(Actor actor, ControlSubject target, Optional<Partitions> partitions) {
        var named = target.job();
        if (named != null) {
            requireResumable(actor, named, partitions);
        }
        var scope = lookup.scope(target);
        var scopes = scopes(scope);
        var wasHeld = store.holds(scope).stream().anyMatch(hold -> scopes.contains(hold.scope()));
        var unpublished = Optional.<String>empty();
        for (var spelling : scopes) {
            var failure = resume(actor, spelling);
            unpublished = unpublished.isPresent() ? unpublished : failure;
        }
        var state = lookup.state(scope);
        // A short job that was held may have run to its end since.
        state.filter(now -> !RESUMABLE.contains(now) && !(wasHeld && RAN.contains(now)))
                .ifPresent(now -> {
                    throw refused(Code.STALE, target.words(), now);
                });
        var spent = scope instanceof Scope.Job job ? budgets.spent(job.id()) : Optional.<SpentBudget>empty();
        return new Resumed(scope, state, wasHeld, store.holds(scope), unpublished, spent);
    }

    // Stored first and published last: if anything fails in between, the workers stay paused. Returns why they could
    // not
    // be informed over Kafka.
    private Optional<String> resume(Actor actor, Scope scope) {
        var record = new ControlRecord(DesiredState.RUN, null, actor.words());
        var storedAt = store.request(scope, record, actor);
        try {
            var position = channel.publish(scope, record);
            storedAt.ifPresent(at -> store.published(scope, at, position));
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    // The tenant may have been paused under another spelling, such as 007.
    private List<Scope> scopes(Scope scope) {
        var scopes = new ArrayList<>(List.of(scope));
        if (scope instanceof Scope.Tenant tenant) {
            scopes.addAll(lookup.otherSpellings(tenant));
        }
        return scopes;
    }

    private void requireResumable(Actor actor, String name, Optional<Partitions> partitions) {
        var job = lookup.job(name);
        var state = lookup.state(job);
        if (!RESUMABLE.contains(state)) {
            throw refused(Code.CONFLICT, name, state);
        }
        if (state == JobState.HALTED) {
            var obstacles = pins.obstacles(job, partitions);
            if (!obstacles.isEmpty()) {
                throw new OperationRefused(
                        Code.NOT_NOW,
                        "job " + name + " is HALTED, and its table does not match the job's snapshot: "
                                + String.join("; ", obstacles),
                        null);
            }
            partitions.ifPresent(others -> pins.leaveOut(job, others, actor));
        }
    }

    private static OperationRefused refused(Code code, String job, JobState state) {
        return new OperationRefused(code, "job " + job + " is " + state + ": it cannot be resumed", null);
    }

    /**
     * What is true after a resume.
     *
     * @param scope what was resumed, a tenant as PostgreSQL writes it
     * @param state the job's state; nothing for the fleet and for a tenant
     * @param wasHeld whether the scope itself was not to run; otherwise there was nothing to resume
     * @param stillHeld what still holds rows of it still
     * @param unpublished why the workers could not be informed over Kafka, so that they do not work yet; nothing if they could
     * @param spent the job's error budget, if the next rejected row halts the job again
     */
    public record Resumed(
            Scope scope,
            Optional<JobState> state,
            boolean wasHeld,
            List<ControlStore.Hold> stillHeld,
            Optional<String> unpublished,
            Optional<SpentBudget> spent) {}

    /**
     * An error budget that is spent.
     *
     * @param quarantined how many rows are in quarantine
     * @param rows how many may be
     * @param percent which share of the scanned rows may be
     */
    public record SpentBudget(long quarantined, long rows, String percent) {}

    /** The error budgets of jobs. */
    @FunctionalInterface
    public interface Budgets {
        /** A job's error budget, if no further row may be quarantined. */
        Optional<SpentBudget> spent(long job);
    }

    /** What happens to the rows of tables that replaced partitions. */
    public enum Partitions {
        /** They stay unchanged. */
        LEAVE,
        /** All of them are changed, a second time if they were changed before. */
        CHANGE
    }

    /** The snapshots of the tables of jobs. */
    public interface Pins {
        /** What prevents a HALTED job from being resumed, in words; without the partitions that are left out. */
        List<String> obstacles(long job, Optional<Partitions> leftOut);

        /** Leaves out partitions that were detached or replaced, and audits it, in one transaction. */
        void leaveOut(long job, Partitions others, Actor actor);
    }
}
