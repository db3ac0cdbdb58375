package dev.backfleet.coordinator.operation;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lets a paused job, one tenant of it or the whole fleet go on; a HALTED job too, if what it is pinned to is back. */
public final class Resume {
    private static final Set<JobState> RESUMABLE =
            Set.of(JobState.PAUSED, JobState.PAUSING, JobState.RUNNING, JobState.PLANNING, JobState.HALTED);

    private final ChangeControl control;
    private final Pins pins;

    /** Over a control topic and a control schema. */
    public Resume(ChangeControl control, Pins pins) {
        this.control = control;
        this.pins = pins;
    }

    /**
     * Resumes.
     *
     * @param partitions of a HALTED job whose partitions were detached or replaced: go on without them, and what becomes of
     *     the rows of tables that took their place; nothing: they must be back
     * @return the job's state then; nothing for the fleet and for a tenant
     * @throws OperationRefused NOT_FOUND; INVALID for a tenant of a job whose shards do not follow tenants; CONFLICT if the
     *     job is over; NOT_NOW if what it is pinned to is not back; STALE if it ended at the same moment
     * @throws RuntimeException if the workers could not be told; the leading coordinator tells them when Kafka is back
     */
    public Optional<JobState> run(Actor actor, ControlSubject target, Optional<Partitions> partitions) {
        var named = target.job();
        if (named != null) {
            requireResumable(actor, named, partitions);
        }
        var state = Optional.<JobState>empty();
        for (var scope : scopes(control.lookup().scope(target))) {
            state = control.resume(actor, scope);
        }
        state.filter(now -> !RESUMABLE.contains(now)).ifPresent(now -> {
            throw refused(Code.STALE, target.words(), now);
        });
        return state;
    }

    // Somebody may have paused a tenant in another spelling, such as 007.
    private List<Scope> scopes(Scope scope) {
        var scopes = new ArrayList<>(List.of(scope));
        if (scope instanceof Scope.Tenant tenant) {
            scopes.addAll(control.lookup().otherSpellings(tenant));
        }
        return scopes;
    }

    private void requireResumable(Actor actor, String name, Optional<Partitions> partitions) {
        var job = control.lookup().job(name);
        var state = control.lookup().state(job);
        if (!RESUMABLE.contains(state)) {
            throw refused(Code.CONFLICT, name, state);
        }
        if (state == JobState.HALTED) {
            var obstacles = pins.obstacles(job, partitions);
            if (!obstacles.isEmpty()) {
                throw new OperationRefused(
                        Code.NOT_NOW,
                        "job " + name + " is HALTED, and what it is pinned to is not back: "
                                + String.join("; ", obstacles),
                        null);
            }
            partitions.ifPresent(others -> pins.leaveOut(job, others, actor));
        }
    }

    private static OperationRefused refused(Code code, String job, JobState state) {
        return new OperationRefused(code, "job " + job + " is " + state + ": it cannot be resumed", null);
    }

    /** What becomes of the rows of tables that took the place of partitions. */
    public enum Partitions {
        /** They stay as they are. */
        LEAVE,
        /** All of them are changed, once more where that was done before. */
        CHANGE
    }

    /** What jobs are pinned to. */
    public interface Pins {
        /** What keeps a HALTED job from going on, in words; without the partitions that are left out. */
        List<String> obstacles(long job, Optional<Partitions> leftOut);

        /** Leaves out partitions that were detached or replaced, and writes down who did, in one transaction. */
        void leaveOut(long job, Partitions others, Actor actor);
    }
}
