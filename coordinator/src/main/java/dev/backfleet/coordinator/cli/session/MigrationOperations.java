package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.AbortMigration;
import dev.backfleet.coordinator.migration.apply.ApplyMigration;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Request;
import dev.backfleet.coordinator.migration.apply.ApplyProgress;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.JobProgress;
import dev.backfleet.coordinator.migration.apply.MigrationWork;
import dev.backfleet.coordinator.migration.apply.MigrationWork.Jobs;
import dev.backfleet.coordinator.migration.apply.RowGate;
import dev.backfleet.coordinator.migration.apply.StepExecutor;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.cutover.CountingGate;
import dev.backfleet.coordinator.migration.cutover.CutOver;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.cutover.CutOver.Switched;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.cutover.RollBack.RolledBack;
import dev.backfleet.coordinator.migration.cutover.TenantsOfTable;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.flag.ShowFlags;
import dev.backfleet.coordinator.migration.plan.PlanMigration;
import dev.backfleet.coordinator.migration.status.AskMigrationGate;
import dev.backfleet.coordinator.migration.status.DescribeMigration;
import dev.backfleet.coordinator.migration.status.MigrationStatus;
import dev.backfleet.coordinator.migration.status.ShowMigration;
import dev.backfleet.coordinator.migration.step.ContractSteps;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.watch.LastLook;
import dev.backfleet.coordinator.migration.watch.ShowWatch;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
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
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;
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
                this::gateNow,
                table -> database.read(connection -> TableWorkStore.of(connection, table)),
                job -> work().progress(job).map(JobProgress::state));
    }

    // Its job may have been removed.
    private Optional<GateAnswer> gateNow(MigrationStatus migration) {
        var proven = migration.state().compareTo(MigrationState.FINISHED) >= 0
                && migration.state().compareTo(MigrationState.RENAMED) <= 0;
        var job = migration.job();
        if (!proven || job == null) {
            return Optional.empty();
        }
        try {
            return new MigrationStore(database).live(migration.name()).map(live -> work().gate(
                            stored(live.source()), job));
        } catch (OperationRefused e) {
            if (e.code() == Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public ShowFlags flags() {
        return new ShowFlags(new PostgresFlags(database));
    }

    /**
     * Takes a migration as far as it goes; see {@link ApplyMigration}.
     *
     * @param waits whether to wait for jobs
     * @throws OperationRefused GATE_CLOSED if a finding of its plan refuses a migration that was not applied before
     */
    public Applied apply(Actor actor, ParsedMigration parsed, boolean waits, ApplyProgress progress)
            throws InterruptedException {
        var migration = parsed.migration();
        var log = new MigrationStore(database);
        var live = log.live(migration.name());
        if (live.isEmpty()) {
            refuseByPlan(parsed);
        }
        // The expressions name the old columns, so no step can be derived while these are renamed. Limits may change.
        var renamed =
                live.filter(stored -> stored.state() == MigrationState.RENAMED).isPresent();
        var shape = tables.shape(parsed);
        var request = new Request(
                migration,
                shape.name().toString(),
                () -> renamed ? List.of() : Steps.of(migration, tables.shape(parsed)),
                tables.executor(actor, migration, shape),
                waits);
        return new ApplyMigration(log, work(), Sleeper.system()).run(actor, request, progress);
    }

    private void refuseByPlan(ParsedMigration parsed) {
        var plan = plan().run(parsed);
        if (!plan.fit()) {
            var why = plan.findings().stream()
                    .filter(finding -> finding.code().refuses())
                    .findFirst()
                    .map(finding -> finding.place() + ": " + finding.message())
                    .orElse("a finding about its job has the severity error");
            throw new OperationRefused(
                    Code.GATE_CLOSED, why + "; nothing was changed", "see all findings: backfleet migration plan FILE");
        }
    }

    public PlanMigration plan() {
        return new PlanMigration(
                new PostgresMigrationCatalog(database),
                new PostgresCatalog(database),
                new PostgresIntake(database),
                new PostgresMigrationLook(database));
    }

    /**
     * All steps of a migration; changes nothing.
     *
     * @throws dev.backfleet.common.spec.SpecException if one cannot be written yet
     */
    public List<Step> steps(ParsedMigration parsed) {
        var shape = tables.shape(parsed);
        if (shape.sync(parsed.migration()).isEmpty()) {
            throw parsed.locations()
                    .problem(
                            CopyKeys.TABLE.path(),
                            "the table that takes the copies is not there yet, and the sync follows from its columns",
                            "create it first, by the statement of expand, and run this again");
        }
        return Steps.of(parsed.migration(), shape);
    }

    /** Gives a migration up; see {@link AbortMigration}. */
    public void abort(Actor actor, String name, boolean discards, StepProgress progress) throws InterruptedException {
        var log = new MigrationStore(database);
        var stored = AbortMigration.known(log, name);
        AbortMigration.refuseRenamed(stored);
        var migration = MigrationParser.parse("the file that was applied", stored.source())
                .migration();
        var table = new PostgresMigrationCatalog(database).shapeWithoutCopies(migration);
        var steps = table.map(shape -> stepsAndObserver(migration, shape)).orElse(List.of());
        // Of a table that was dropped nothing is left to be taken back.
        LongFunction<StepExecutor> executor = table.isPresent()
                ? tables.executor(actor, migration, table.get())
                : id -> {
                    throw new IllegalStateException("no step, and so no executor");
                };
        new AbortMigration(log, work(), new FlagStore(database)::takenBack, Sleeper.system())
                .run(actor, stored, discards, steps, executor, progress);
    }

    // A migration whose reads were taken back goes on to note who writes the old shape alone.
    private static List<Step> stepsAndObserver(Migration migration, TableShape shape) {
        return Stream.concat(
                        Steps.toTakeBack(migration, shape).stream(),
                        Stream.of(new ContractSteps(migration, shape).observe()))
                .toList();
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
