package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is stored about the end of migrations. The state changes in the transaction of the step that renames or drops, together with its
 * audit: there is no moment at which the columns have other names than the state says.
 */
public interface ContractLog {

    /** The newest migration of an id or name, whatever its state. */
    Optional<Stored> last(String idOrName);

    /**
     * The newest migration of an id or name that was not aborted.
     *
     * @throws OperationRefused NOT_FOUND
     */
    default Stored known(String idOrName) {
        return last(idOrName)
                .filter(stored -> stored.state() != MigrationState.ABORTED)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_FOUND,
                        "there is no migration " + idOrName,
                        "'backfleet migration status' lists them"));
    }

    /** The renaming that was prepared or done; nothing: none. */
    Optional<Renaming> renaming(long migration);

    /** Stores what is about to be renamed, and how it is taken back; an earlier preparation is replaced. */
    void prepare(long migration, Renaming renaming);

    /** Stores steps that are about to be executed, so that the status shows them. */
    void add(long migration, List<Step> steps);

    /** Reconciles of a migration's job that are under way, and end by themselves; each with its state. */
    List<String> reconciles(long migration);

    /** Whether there is a flag of that name. */
    boolean hasFlag(String name);

    /** Stores a person's word that a version is deployed everywhere, with its audit; it counts until the state or the flag changes. */
    void deployed(Stored migration, String version, Actor actor);

    /**
     * A renaming.
     *
     * @param names the new name of each old column, in the order of the file
     * @param wayBack the statements that take it back
     */
    record Renaming(Map<Identifier, Identifier> names, List<String> wayBack) {
        public Renaming {
            names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
            wayBack = List.copyOf(wayBack);
        }
    }
}
