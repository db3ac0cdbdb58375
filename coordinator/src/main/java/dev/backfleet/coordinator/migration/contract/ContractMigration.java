package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.apply.StepExecutor;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.apply.StepRunner;
import dev.backfleet.coordinator.migration.contract.ContractLog.Renaming;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.ContractReport.Next;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends a migration: its old columns are renamed, and later dropped. Each of the two is a person's decision, and refused unless the report
 * is green at that moment.
 */
public final class ContractMigration {
    private final MigrationLog log;
    private final ContractLog contracts;
    private final ContractCatalog catalog;
    private final Function<String, Migration> parser;
    private final BiFunction<Stored, Migration, StepExecutor> executors;
    private final Sleeper sleeper;

    /**
     * The operation.
     *
     * @param parser reads a stored file
     * @param executors executes steps of a migration
     */
    public ContractMigration(
            MigrationLog log,
            ContractLog contracts,
            ContractCatalog catalog,
            Function<String, Migration> parser,
            BiFunction<Stored, Migration, StepExecutor> executors,
            Sleeper sleeper) {
        this.log = log;
        this.contracts = contracts;
        this.catalog = catalog;
        this.parser = parser;
        this.executors = executors;
        this.sleeper = sleeper;
    }

    /**
     * Reports what speaks for and against the next step. From the first report on, the sync notes who writes the old shape alone, which
     * locks no table.
     *
     * @throws OperationRefused NOT_FOUND; GATE_CLOSED if tenants still read the old shape
     */
    public ContractReport report(Actor actor, String name, @Nullable String deployed, StepProgress progress)
            throws InterruptedException {
        var known = known(name);
        if (known.state() == MigrationState.CONTRACTED) {
            return report(known, null, parser.apply(known.source()), List.of(), List.of());
        }
        try (var lock = log.begin(known.id())) {
            var run = new Run(actor, known(name), deployed, progress);
            return run.report(run.next());
        }
    }

    /**
     * Renames the old columns.
     *
     * @throws OperationRefused GATE_CLOSED if the report is not green or the state forbids it; ALREADY_DONE if they are renamed
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained; the same command goes on
     */
    public ContractReport rename(Actor actor, String name, @Nullable String deployed, StepProgress progress)
            throws InterruptedException {
        try (var lock = log.begin(known(name).id())) {
            var run = new Run(actor, known(name), deployed, progress);
            run.require(MigrationState.CUT, MigrationState.RENAMED);
            run.refuseUnlessGreen(Next.RENAME);
            var prepared = catalog.rename(run.migration);
            contracts.prepare(run.stored.id(), prepared.renaming());
            run.execute(List.of(prepared.step()));
            return report(known(name), null, run.migration, List.of(), List.of());
        }
    }

    /**
     * Gives the old columns their names back, with everything else that the renaming has changed.
     *
     * @throws OperationRefused ALREADY_DONE if they have them; GATE_CLOSED if the state forbids it
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained; the same command goes on
     */
    public ContractReport undo(Actor actor, String name, StepProgress progress) throws InterruptedException {
        try (var lock = log.begin(known(name).id())) {
            var run = new Run(actor, known(name), null, progress);
            run.require(MigrationState.RENAMED, MigrationState.CUT);
            var renaming = contracts
                    .renaming(run.stored.id())
                    .orElseThrow(() -> new IllegalStateException("no way back is stored"));
            run.takeBack(catalog.renamed(run.migration, renaming));
            return report(known(name), null, run.migration, List.of(), List.of());
        }
    }

    /**
     * Drops the old columns, and the sync. Nothing takes this back.
     *
     * @throws OperationRefused GATE_CLOSED if the report is not green or the state forbids it; ALREADY_DONE if they are dropped
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained; the same command goes on
     */
    public ContractReport drop(Actor actor, String name, @Nullable String deployed, StepProgress progress)
            throws InterruptedException {
        try (var lock = log.begin(known(name).id())) {
            var run = new Run(actor, known(name), deployed, progress);
            run.require(
                    run.migration.contract().rename() ? MigrationState.RENAMED : run.stored.state(),
                    MigrationState.CONTRACTED);
            run.refuseUnlessGreen(Next.DROP);
            run.execute(catalog.drops(run.migration, run.renamed()));
            return report(known(name), null, run.migration, List.of(), List.of());
        }
    }

    private Stored known(String name) {
        return contracts
                .last(name)
                .filter(stored -> stored.state() != MigrationState.ABORTED)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_FOUND, "there is no migration " + name, "'backfleet migration status' lists them"));
    }

    private static ContractReport report(
            Stored stored, @Nullable Next next, Migration migration, List<String> alongside, List<Line> lines) {
        return new ContractReport(
                stored.id(),
                stored.name(),
                stored.state(),
                next,
                lines.stream().allMatch(Line::green),
                migration.from().stream().map(Identifier::toString).toList(),
                alongside,
                lines);
    }

    /** One call. */
    private final class Run {
        private final Stored stored;
        private final Migration migration;
        private final StepExecutor executor;
        private final StepRunner runner;

        Run(Actor actor, Stored stored, @Nullable String deployed, StepProgress progress) {
            this.stored = stored;
            this.migration = parser.apply(stored.source());
            this.executor = executors.apply(stored, migration);
            this.runner = new StepRunner(executor, progress, sleeper);
            if (stored.state() != MigrationState.CUT
                    && stored.state() != MigrationState.RENAMED
                    && stored.state() != MigrationState.CONTRACTED) {
                throw new OperationRefused(
                        Code.GATE_CLOSED,
                        "the migration " + stored.name() + " is " + stored.state()
                                + ": the old columns go when all tenants read the new shape",
                        "see 'backfleet migration status " + stored.name() + "'");
            }
            if (deployed != null) {
                contracts.deployed(stored, deployed, actor);
            }
        }

        Next next() {
            return stored.state() == MigrationState.CUT && migration.contract().rename() ? Next.RENAME : Next.DROP;
        }

        void require(MigrationState wanted, MigrationState done) {
            if (stored.state() == done) {
                throw new OperationRefused(
                        Code.ALREADY_DONE, "the migration " + stored.name() + " is " + done + " already", null);
            }
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

        Optional<Renaming> renamed() {
            return stored.state() == MigrationState.RENAMED ? contracts.renaming(stored.id()) : Optional.empty();
        }

        ContractReport report(Next next) throws InterruptedException {
            if (stored.state() == MigrationState.CUT && !migration.ddl().byOthers()) {
                observe(catalog.observe(migration));
            }
            var facts = catalog.facts(stored, migration, renamed());
            var lines = ContractChecks.lines(stored.name(), next, migration.contract(), facts);
            var alongside = facts.dependents().stream()
                    .filter(dependent -> !dependent.blocks())
                    .map(Dependent::words)
                    .toList();
            return ContractMigration.report(stored, next, migration, alongside, lines);
        }

        // The second check is not the first one's answer: weeks may be between them.
        void refuseUnlessGreen(Next next) throws InterruptedException {
            var red =
                    report(next).lines().stream().filter(line -> !line.green()).toList();
            if (!red.isEmpty()) {
                throw new OperationRefused(
                        Code.GATE_CLOSED,
                        red.stream()
                                .map(line -> line.what() + ": " + line.says())
                                .collect(Collectors.joining(
                                        "\n  ", "the old columns of " + stored.name() + " cannot go yet\n  ", "")),
                        "see 'backfleet migration contract " + stored.name() + "', which names the remedy of each");
            }
        }

        private void observe(Step step) throws InterruptedException {
            if (!executor.standing(step).equals(Standing.DONE.word())) {
                execute(List.of(step));
            }
        }

        void execute(List<Step> steps) throws InterruptedException {
            contracts.add(stored.id(), steps);
            runner.run(steps);
        }

        void takeBack(Step step) throws InterruptedException {
            runner.undo(List.of(step));
        }
    }
}
