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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
    private final Executors executors;
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
            Executors executors,
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
     * @param deployed a version that the actor says is deployed everywhere; null: says nothing. It counts for this report, see {@link #say}
     * @throws OperationRefused NOT_FOUND; GATE_CLOSED if tenants still read the old shape; INVALID if the version is blank
     */
    public ContractReport report(Actor actor, String name, @Nullable String deployed, StepProgress progress)
            throws InterruptedException {
        var known = contracts.known(name);
        if (known.state() == MigrationState.CONTRACTED) {
            return ended(known, parser.apply(known.source()), false);
        }
        try (var lock = log.begin(known.id())) {
            var run = new Run(actor, contracts.known(name), StepWords.deployed(deployed), progress);
            return run.report(Next.of(run.stored.state(), run.migration.contract()));
        }
    }

    /**
     * Reports the same, and keeps the actor's word for the next step, with its audit, if the report is green with it. The word is void as
     * soon as the state or the flag changes.
     *
     * @throws OperationRefused as of {@link #report}
     */
    public ContractReport say(Actor actor, String name, String deployed, StepProgress progress)
            throws InterruptedException {
        var report = report(actor, name, deployed, progress);
        if (report.next() != null && report.green()) {
            contracts.deployed(contracts.known(name), deployed.strip(), actor);
        }
        return report;
    }

    /**
     * Renames the old columns; if they are renamed, nothing is done, and the report says so.
     *
     * @param deployed a version that the actor says is deployed everywhere; null: says nothing. It counts for this call, and is stored with the step
     * @throws OperationRefused GATE_CLOSED if the report is not green or the state forbids it; INVALID if the version is blank
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained; the same command goes on
     */
    public ContractReport rename(Actor actor, String name, @Nullable String deployed, StepProgress progress)
            throws InterruptedException {
        try (var lock = log.begin(contracts.known(name).id())) {
            var run = new Run(actor, contracts.known(name), StepWords.deployed(deployed), progress);
            if (run.stored.state() == MigrationState.RENAMED) {
                return ended(run.stored, run.migration, true);
            }
            run.require(MigrationState.CUT);
            run.refuseUnlessGreen(Next.RENAME);
            var prepared = catalog.rename(run.migration);
            if (run.awaitReconciles(prepared.step())) {
                run.refuseUnlessGreen(Next.RENAME);
            }
            contracts.prepare(run.stored.id(), prepared.renaming());
            run.execute(List.of(prepared.step()));
            return ended(contracts.known(name), run.migration, false);
        }
    }

    /**
     * Gives the old columns their names back, with everything else that the renaming has changed.
     *
     * @throws OperationRefused ALREADY_DONE if they have them; GATE_CLOSED if the state forbids it
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained; the same command goes on
     */
    public ContractReport undo(Actor actor, String name, StepProgress progress) throws InterruptedException {
        return undo(actor, name, StepWords.NONE, progress);
    }

    /**
     * The same without being asked to.
     *
     * @param reason why, as a clause: it is stored with the audit, and is what the migration waits for
     */
    ContractReport takeBack(Actor actor, String name, String reason, StepProgress progress)
            throws InterruptedException {
        return undo(actor, name, StepWords.reason(reason), progress);
    }

    private ContractReport undo(Actor actor, String name, StepWords words, StepProgress progress)
            throws InterruptedException {
        try (var lock = log.begin(contracts.known(name).id())) {
            var run = new Run(actor, contracts.known(name), words, progress);
            if (run.stored.state() == MigrationState.CUT) {
                throw new OperationRefused(Code.ALREADY_DONE, "the migration " + name + " is CUT already", null);
            }
            run.require(MigrationState.RENAMED);
            var renaming = contracts
                    .renaming(run.stored.id())
                    .orElseThrow(() -> new IllegalStateException("no way back is stored"));
            run.runner.undo(List.of(catalog.renamed(run.migration, renaming)));
            return ended(contracts.known(name), run.migration, false);
        }
    }

    /**
     * Drops the old columns, and the sync. Nothing takes this back. If they are dropped, nothing is done, and the report says so.
     *
     * @param deployed as of {@link #rename}
     * @throws OperationRefused GATE_CLOSED if the report is not green or the state forbids it; INVALID if the version is blank
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained; the same command goes on
     */
    public ContractReport drop(Actor actor, String name, @Nullable String deployed, StepProgress progress)
            throws InterruptedException {
        try (var lock = log.begin(contracts.known(name).id())) {
            var run = new Run(actor, contracts.known(name), StepWords.deployed(deployed), progress);
            if (run.stored.state() == MigrationState.CONTRACTED) {
                return ended(run.stored, run.migration, true);
            }
            // Without a renaming, they are dropped from either state.
            run.require(run.migration.contract().rename() ? MigrationState.RENAMED : run.stored.state());
            run.refuseUnlessGreen(Next.DROP);
            var steps = catalog.drops(run.migration, run.renamed());
            if (run.awaitReconciles(steps.get(steps.size() - 1))) {
                run.refuseUnlessGreen(Next.DROP);
                steps = catalog.drops(run.migration, run.renamed());
            }
            run.execute(steps);
            return ended(contracts.known(name), run.migration, false);
        }
    }

    /** After a step, or when there is none left. */
    private ContractReport ended(Stored stored, Migration migration, boolean before) {
        return new ContractReport(
                stored.id(),
                stored.name(),
                stored.state(),
                null,
                true,
                columns(stored, migration),
                List.of(),
                List.of(),
                before,
                contracts.hasFlag(stored.name()),
                null);
    }

    private List<String> columns(Stored stored, Migration migration) {
        if (stored.state() == MigrationState.CONTRACTED) {
            return List.of();
        }
        var now = stored.state() == MigrationState.RENAMED
                ? contracts.renaming(stored.id()).map(renaming -> renaming.names()
                        .values())
                : Optional.<Collection<Identifier>>empty();
        return now.orElse(migration.from()).stream().map(Identifier::toString).toList();
    }

    /** Who executes the steps of a migration. */
    @FunctionalInterface
    public interface Executors {
        /**
         * The executor for one call.
         *
         * @param words what is stored in the transaction of a step that moves the state
         */
        StepExecutor of(Stored stored, Migration migration, StepWords words);
    }

    /** One call. */
    private final class Run {
        private final Actor actor;
        private final Stored stored;
        private final Migration migration;
        private final @Nullable String deployed;
        private final StepExecutor executor;
        private final StepRunner runner;
        private final StepProgress progress;

        Run(Actor actor, Stored stored, StepWords words, StepProgress progress) {
            this.stored = stored;
            this.migration = parser.apply(stored.source());
            this.actor = actor;
            this.deployed = ContractRefusals.version(words.deployed());
            this.executor = executors.of(stored, migration, new StepWords(deployed, words.reason()));
            this.progress = progress;
            this.runner = new StepRunner(executor, progress, sleeper);
            ContractRefusals.requireReads(stored);
        }

        void require(MigrationState wanted) {
            ContractRefusals.require(stored, migration, wanted);
        }

        Optional<Renaming> renamed() {
            return stored.state() == MigrationState.RENAMED ? contracts.renaming(stored.id()) : Optional.empty();
        }

        ContractReport report(Next next) throws InterruptedException {
            if (stored.state() == MigrationState.CUT && !migration.ddl().byOthers()) {
                observe(catalog.observe(migration));
            }
            var found = catalog.facts(stored, migration, renamed());
            var facts = deployed == null ? found : found.said(deployed, actor.words());
            var lines = ContractChecks.lines(stored.name(), next, migration.contract(), facts);
            var alongside = facts.uses().dependents().stream()
                    .filter(dependent -> !dependent.blocks())
                    .map(Dependent::words)
                    .toList();
            return new ContractReport(
                    stored.id(),
                    stored.name(),
                    stored.state(),
                    next,
                    lines.stream().allMatch(Line::green),
                    columns(stored, migration),
                    alongside,
                    lines,
                    false,
                    true,
                    null);
        }

        // The second check is not the first one's answer: weeks may be between them.
        void refuseUnlessGreen(Next next) throws InterruptedException {
            ContractRefusals.requireGreen(report(next));
        }

        boolean awaitReconciles(Step step) throws InterruptedException {
            return new OwnReconciles(contracts, progress, sleeper)
                    .await(stored.id(), step, migration.ddl().giveUp());
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
    }
}
