package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.MigrationJobs;
import dev.backfleet.coordinator.migration.contract.ContractMigration;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.contract.LookAtContract;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Screen;
import dev.backfleet.coordinator.migration.flag.RemoveFlag;
import dev.backfleet.coordinator.migration.watch.ThrottleSignals;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.outbound.AddressRule;
import dev.backfleet.coordinator.postgres.contract.ContractStore;
import dev.backfleet.coordinator.postgres.contract.EndedFlags;
import dev.backfleet.coordinator.postgres.contract.PostgresContractCatalog;
import dev.backfleet.coordinator.postgres.contract.PostgresRenamingLooks;
import dev.backfleet.coordinator.postgres.migration.MigrationStore;
import dev.backfleet.coordinator.postgres.migration.PostgresWatches;
import dev.backfleet.coordinator.postgres.throttle.PostgresHealth;
import dev.backfleet.coordinator.throttle.HttpSignals;
import java.util.Optional;
import java.util.function.Function;

/** The operations and queries at the end of migrations. */
public final class ContractOperations {
    private final Database database;
    private final MigrationTables tables;
    private final MigrationJobs jobs;
    private final Function<String, Migration> parser;

    ContractOperations(
            Database database, MigrationTables tables, MigrationJobs jobs, Function<String, Migration> parser) {
        this.database = database;
        this.tables = tables;
        this.jobs = jobs;
        this.parser = parser;
    }

    /** Reports, renames, drops; see {@link ContractMigration}. */
    public ContractMigration contract(Actor actor) {
        return new ContractMigration(
                new MigrationStore(database),
                new ContractStore(database),
                catalog(),
                parser,
                (stored, migration, words) -> tables.executor(actor, migration, stored.id(), words),
                Sleeper.system());
    }

    /**
     * Renames the old columns, and watches that for a while; see {@link WatchedRenaming}.
     *
     * @param where the same database, for the signals
     */
    public ContractReport renameWatched(WatchedRenaming.Request request, DatabaseSettings where, Screen screen)
            throws InterruptedException {
        var ticker = Ticker.system();
        try (var health = PostgresHealth.open(where, Optional.empty(), "contract", ticker, new Timelines())) {
            var watches = new PostgresWatches(database);
            var signals = new ThrottleSignals(
                    new HttpSignals(health, AddressRule.ALL_BUT_LINK_LOCAL), watches, watches, ticker);
            return new WatchedRenaming(
                            contract(request.actor()),
                            new ContractStore(database),
                            new PostgresRenamingLooks(database, signals, watches),
                            parser,
                            Sleeper.system(),
                            ticker)
                    .run(request, screen);
        }
    }

    /** What speaks against the next step; see {@link LookAtContract}. */
    LookAtContract look() {
        return new LookAtContract(new ContractStore(database), catalog());
    }

    /** Removes the flag of a migration that has ended; see {@link RemoveFlag}. */
    public void removeFlag(Actor actor, String name) {
        new RemoveFlag(new EndedFlags(database)).run(actor, name);
    }

    private PostgresContractCatalog catalog() {
        return new PostgresContractCatalog(database, jobs);
    }
}
