package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.contract.ContractLog.Renaming;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.ContractReport.Next;
import java.util.List;
import java.util.Optional;

/** What speaks against the next step of the end of a migration, for a program that asks: takes no lock, and changes nothing of the table. */
public final class LookAtContract {
    private final ContractLog contracts;
    private final ContractCatalog catalog;

    public LookAtContract(ContractLog contracts, ContractCatalog catalog) {
        this.contracts = contracts;
        this.catalog = catalog;
    }

    /** The preconditions that are not met; empty: the step may be taken. Of a migration that is CUT or RENAMED. */
    public List<Line> red(Stored stored, Migration migration) {
        var next = Next.of(stored.state(), migration.contract());
        var renaming =
                stored.state() == MigrationState.RENAMED ? contracts.renaming(stored.id()) : Optional.<Renaming>empty();
        return ContractChecks.lines(
                        stored.name(), next, migration.contract(), catalog.facts(stored, migration, renaming))
                .stream()
                .filter(line -> !line.green())
                .toList();
    }
}
