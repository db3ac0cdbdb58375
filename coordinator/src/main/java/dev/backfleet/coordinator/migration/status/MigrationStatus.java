package dev.backfleet.coordinator.migration.status;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.watch.WatchStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of a migration, in the order of the JSON output; names and order are an interface.
 *
 * @param table its table, with its schema
 * @param stateAt since when it has this state
 * @param waitsFor what the last command that tried waits for, as a clause; null: nothing is known to wait
 * @param waitsSince since when
 * @param appliedBy the server process of the command that takes it on now; null: none does
 * @param problem what is different about its sync, as a clause; null: it is as it was made, or not made yet
 * @param flag which tenants read the new shape; null: there is no flag yet
 * @param job the id of its backfill; null: not submitted
 * @param createdBy who applied it first
 * @param steps its steps, in order
 * @param watch how its cutover is watched, and who takes its steps; null: a person does, and no signal is watched
 * @param refusal why the last command that was to take it on could not; null: it could, or is at work
 */
public record MigrationStatus(
        long id,
        String name,
        String table,
        MigrationState state,
        Instant stateAt,
        @Nullable String waitsFor,
        @Nullable Instant waitsSince,
        @Nullable Integer appliedBy,
        @Nullable String problem,
        @Nullable FlagState flag,
        @Nullable Long job,
        Instant createdAt,
        String createdBy,
        List<StepStatus> steps,
        @Nullable WatchStatus watch,
        @Nullable Refusal refusal) {
    public MigrationStatus {
        steps = List.copyOf(steps);
    }

    /** The same with its steps. */
    public MigrationStatus with(List<StepStatus> other) {
        return with(flag, other, watch, refusal);
    }

    /** The same with its flag, and the watch over it. */
    public MigrationStatus with(@Nullable FlagState other, @Nullable WatchStatus watched) {
        return with(other, steps, watched, refusal);
    }

    /** The same with what kept the last command from going on. */
    MigrationStatus refused(Refusal why) {
        return with(flag, steps, watch, why);
    }

    private MigrationStatus with(
            @Nullable FlagState hasFlag,
            List<StepStatus> hasSteps,
            @Nullable WatchStatus isWatched,
            @Nullable Refusal isRefused) {
        return new MigrationStatus(
                id,
                name,
                table,
                state,
                stateAt,
                waitsFor,
                waitsSince,
                appliedBy,
                problem,
                hasFlag,
                job,
                createdAt,
                createdBy,
                hasSteps,
                isWatched,
                isRefused);
    }

    /** The same without what each look at the signals of a cutover changes. */
    public MigrationStatus withoutFigures() {
        return watch == null ? this : with(flag, watch.withoutFigures());
    }

    /** What it waits for, as a clause, also if that is a command; null: nothing. {@link NextStep} names the command. */
    public @Nullable String waits() {
        var last = flag == null ? List.<String>of() : flag.heldBackAtLast();
        if (state == MigrationState.CUTTING && !last.isEmpty()) {
            return (last.size() == 1
                            ? "the tenant " + last.get(0) + ", which goes"
                            : last.size() + " tenants, which go")
                    + " on with the old shape: no step switches a tenant that is held back";
        }
        if (appliedBy != null) {
            return waitsFor;
        }
        if (state.compareTo(MigrationState.READY) < 0) {
            return "a command: none is at work"
                    + (refusal != null
                            ? "; the last one " + refusal.words()
                            : waitsFor == null ? "" : "; the last one waited for " + waitsFor);
        }
        return refusal == null ? waitsFor : "a correction: the last apply " + refusal.words();
    }

    /**
     * Why a command could not go on.
     *
     * @param code the kind of failure: {@code gate-closed}, {@code conflict}, {@code invalid}, {@code locked}, …
     * @param message what is wrong, as a clause
     * @param remedy what to do, as a clause; null: the message says it, or nothing can be done
     * @param at when it ended
     */
    public record Refusal(
            String code, String message, @Nullable String remedy, Instant at) {

        /** As a clause, in one line, without the remedy. */
        String words() {
            return "could not go on (" + code + "): "
                    + message.lines().findFirst().orElse("");
        }
    }

    /**
     * A step.
     *
     * @param step its id in the migration, such as {@code expand.column.first_name}
     * @param state what was done
     * @param requests how often its locks were requested
     * @param waitedMs the time from the first attempt to the last, milliseconds
     * @param heldUpMs how long requests and locks together could hold statements of the application up, milliseconds
     * @param longestHeldUpMs the longest of these at a time, milliseconds
     * @param blockers who was in the way last, a line for each; null: nobody
     * @param code the SQLSTATE of the last failure; null: none
     * @param failure the last failure; null: none
     * @param doneBy who did it, or found it done; null: it is not done
     */
    public record StepStatus(
            String step,
            String phase,
            String title,
            StepState state,
            int requests,
            long waitedMs,
            long heldUpMs,
            long longestHeldUpMs,
            @Nullable String blockers,
            @Nullable String code,
            @Nullable String failure,
            @Nullable Instant begunAt,
            @Nullable Instant endedAt,
            @Nullable String doneBy) {}

    /** What was done for a step; the control schema repeats the names in a CHECK constraint. */
    public enum StepState {
        /** Nothing yet. */
        OPEN,
        /** A command is, or was, about it. */
        RUNNING,
        /** Backfleet has done it. */
        DONE,
        /** It was so already. */
        FOUND_DONE,
        /** PostgreSQL has rejected it, or something else is in the way. */
        FAILED,
        /** It was done, and taken back. */
        UNDONE
    }
}
