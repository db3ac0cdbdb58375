package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.contract.ContractLog.Renaming;
import dev.backfleet.coordinator.migration.step.Step;
import java.util.List;
import java.util.Optional;

/** The table of a migration at its end: what is known about its old columns, and the steps that remove them. */
public interface ContractCatalog {

    /** The step after which the sync notes who writes the old shape alone. */
    Step observe(Migration migration);

    /** What is known about the old columns. Statements that were counted are remembered for the next look. */
    ContractFacts facts(Stored stored, Migration migration, Optional<Renaming> renamed);

    /** The renaming of the old columns: its step has the way back. */
    Prepared rename(Migration migration);

    /** The renaming that was done, so that it can be taken back. */
    Step renamed(Migration migration, Renaming renaming);

    /** The steps that drop the old columns, the columns last. */
    List<Step> drops(Migration migration, Optional<Renaming> renamed);

    /** A renaming and its step. */
    record Prepared(Renaming renaming, Step step) {}
}
