package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What refuses a step at the end of a migration before anything is done. */
final class ContractRefusals {
    private ContractRefusals() {}

    /**
     * A version that a person says is deployed, without spaces around it.
     *
     * @throws OperationRefused INVALID if it is blank
     */
    static @Nullable String version(@Nullable String deployed) {
        if (deployed == null) {
            return null;
        }
        if (deployed.isBlank()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the version that is said to be deployed is blank",
                    "name the version of the application: --i-have-deployed VERSION");
        }
        return deployed.strip();
    }

    /**
     * Refuses while tenants read the old shape.
     *
     * @throws OperationRefused GATE_CLOSED
     */
    static void requireReads(Stored stored) {
        if (stored.state() != MigrationState.CUT
                && stored.state() != MigrationState.RENAMED
                && stored.state() != MigrationState.CONTRACTED) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the migration " + stored.name() + " is " + stored.state()
                            + ": the old columns go when all tenants read the new shape",
                    "see 'backfleet migration status " + stored.name() + "'");
        }
    }

    /**
     * Refuses a step in another state than the wanted one.
     *
     * @throws OperationRefused CONFLICT if the old columns were dropped; GATE_CLOSED in another state, or if another tool executes the statements
     */
    static void require(Stored stored, Migration migration, MigrationState wanted) {
        if (stored.state() == MigrationState.CONTRACTED) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the migration " + stored.name() + " is CONTRACTED: its old columns were dropped",
                    null);
        }
        if (stored.state() != wanted) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the migration " + stored.name() + " is " + stored.state() + ", not " + wanted,
                    wanted == MigrationState.RENAMED
                            ? "rename first: backfleet migration contract " + stored.name() + " --rename"
                            : null);
        }
        if (migration.ddl().byOthers()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the file says that another tool executes the statements",
                    "apply it with ddl: { by: backfleet } for this part");
        }
    }

    /**
     * Refuses by each red line of a report.
     *
     * @throws OperationRefused GATE_CLOSED
     */
    static void requireGreen(ContractReport report) {
        var red = report.lines().stream().filter(line -> !line.green()).toList();
        if (!red.isEmpty()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    red.stream()
                            .map(line -> line.what().code() + ": " + line.says())
                            .collect(Collectors.joining(
                                    "\n  ", "the old columns of " + report.name() + " cannot go yet\n  ", "")),
                    "see 'backfleet migration contract " + report.name() + "', which names the remedy of each");
        }
    }
}
