package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.AbortMigration;
import dev.backfleet.coordinator.migration.apply.ApplyMigration;
import dev.backfleet.coordinator.migration.apply.MigrationWork;
import dev.backfleet.coordinator.migration.apply.MigrationWork.Jobs;
import dev.backfleet.coordinator.migration.apply.RowGate;
import dev.backfleet.coordinator.migration.cutover.CountingGate;
import dev.backfleet.coordinator.migration.cutover.CutOver;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.cutover.CutOver.Switched;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.cutover.RollBack.RolledBack;
import dev.backfleet.coordinator.migration.cutover.TenantsOfTable;
import dev.backfleet.coordinator.migration.export.WrittenSteps;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.flag.ShowFlags;
import dev.backfleet.coordinator.migration.plan.PlanMigration;
import dev.backfleet.coordinator.migration.status.AskMigrationGate;
import dev.backfleet.coordinator.migration.status.DescribeMigration;
import dev.backfleet.coordinator.migration.status.ShowMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.watch.LastLook;
import dev.backfleet.coordinator.migration.watch.ShowWatch;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.ddl.TableWorkStore;
import dev.backfleet.coordinator.postgres.migration.FlagStore;
import dev.backfleet.coordinator.postgres.migration.MigrationStore;
import dev.backfleet.coordinator.postgres.migration.PostgresFlags;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationLook;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrations;
import dev.backfleet.coordinator.postgres.migration.PostgresWatches;
import dev.backfleet.coordinator.postgres.migration.TenantCountStore;
import dev.backfleet.coordinator.postgres.migration.TenantValueStore;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations and queries on migrations. */
public final class MigrationOperations {
    private final Operations operations;
    private final Database database;
    private final MigrationTables tables;

    /**
     * On one database.
     *
     * @param ddl the same database, over connections that wait for an answer as long as it takes
     */
    MigrationOperations(Operations operations, Database database, Database ddl) {
        this.operations = operations;
        this.database = database;
        this.tables = new MigrationTables(database, ddl);
    }

    public ShowMigration show() {
        return new ShowMigration(
                new PostgresMigrations(database),
                new FlagStore(database),
                new ShowWatch(new PostgresWatches(database), this::stored));
    }

    /** What is true of a migration now; see {@link DescribeMigration}. */
    public DescribeMigration describe() {
        return new DescribeMigration(
                show(),
                new MigrationStore(database),
                work(),
                this::stored,
                table -> database.read(connection -> TableWorkStore.of(connection, table)));
    }

    public ShowFlags flags() {
        return new ShowFlags(new PostgresFlags(database));
    }

    /** Takes a migration as far as it goes; see {@link ApplyMigration}. */
    public ApplyMigration apply() {
        return new ApplyMigration(
                new MigrationStore(database),
                work(),
                tables,
                file -> plan().run(file).requireFit(),
                Sleeper.system());
    }

    public PlanMigration plan() {
        return new PlanMigration(
                new PostgresMigrationCatalog(database),
                new PostgresCatalog(database),
                new PostgresIntake(database),
                new PostgresMigrationLook(database));
    }

    /** The steps of a migration as files of other tools; see {@link WrittenSteps}. */
    public List<Step> steps(ParsedMigration parsed) {
        return WrittenSteps.of(parsed, tables.shape(parsed));
    }

    /** Gives a migration up; see {@link AbortMigration}. */
    public AbortMigration abort() {
        return new AbortMigration(
                new MigrationStore(database),
                work(),
                tables,
                this::stored,
                new FlagStore(database)::takenBack,
                Sleeper.system());
    }

    /** Switches reads; see {@link CutOver}. */
    public Switched cutOver(Actor actor, String name, CutoverRequest request) {
        return cutOver().run(actor, name, request);
    }

    private RowGate rowGate() {
        return new RowGate(operations.gate(), new MigrationStore(database));
    }

    private CutOver cutOver() {
        return new CutOver(
                new MigrationStore(database),
                new CountingGate(rowGate(), new TenantCountStore(database)),
                new FlagStore(database),
                new PostgresMigrations(database)::syncDifference,
                new LastLook(new PostgresWatches(database), this::stored),
                new TenantsOfTable(new TenantValueStore(database)::of),
                this::stored);
    }

    /** Says whether a step may be taken; see {@link AskMigrationGate}. */
    public AskMigrationGate gate() {
        return new AskMigrationGate(
                new MigrationStore(database), cutOver(), rowGate()::ask, ending().look()::red, this::stored);
    }

    /** Takes reads back; see {@link RollBack}. */
    public RolledBack rollBack(Actor actor, String name, @Nullable String tenant, String reason) {
        return new RollBack(
                        new MigrationStore(database),
                        new FlagStore(database),
                        new TenantsOfTable(new TenantValueStore(database)::of),
                        this::stored)
                .run(actor, name, tenant, reason);
    }

    /** What is done and asked at the end of a migration. */
    public ContractOperations ending() {
        return new ContractOperations(database, tables, work(), this::stored);
    }

    private Migration stored(String source) {
        return MigrationParser.parse("the file that was applied", source).migration();
    }

    private MigrationWork work() {
        return new MigrationWork(
                new Jobs(
                        operations.submit(),
                        operations.reconcile(),
                        operations.scheduleReconcile(),
                        operations.status(),
                        operations.gate(),
                        operations.stop()),
                new MigrationStore(database));
    }
}
