package dev.backfleet.coordinator.migration.flag;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Removes the flag of a migration that has ended, when no code asks it any more. */
public final class RemoveFlag {
    private final Flags flags;

    public RemoveFlag(Flags flags) {
        this.flags = flags;
    }

    /**
     * Removes it.
     *
     * @throws OperationRefused NOT_FOUND; GATE_CLOSED while its migration is under way, or while an instance reports that it evaluates the flag
     */
    public void run(Actor actor, String name) {
        var found = flags.find(name)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_FOUND, "there is no flag " + name, "'backfleet migration flags' lists them"));
        var state = found.state();
        if (state != null && state != MigrationState.CONTRACTED && state != MigrationState.ABORTED) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the migration of the flag " + name + " is " + state + ": readers need it",
                    "see 'backfleet migration contract " + name + "'");
        }
        if (!found.instances().isEmpty()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "instances of applications evaluate the flag " + name + ": " + String.join(", ", found.instances()),
                    "deploy a version that does not ask it; a report counts for an hour");
        }
        flags.remove(name, actor);
    }

    /** The stored flags. */
    public interface Flags {
        /** A flag by its name. */
        Optional<Found> find(String name);

        /** Removes a flag, with its audit. */
        void remove(String name, Actor actor);
    }

    /**
     * A flag.
     *
     * @param state the state of its migration; null: the migration was removed
     * @param instances those that have reported it within the last hour
     */
    public record Found(@Nullable MigrationState state, List<String> instances) {
        public Found {
            instances = List.copyOf(instances);
        }
    }
}
