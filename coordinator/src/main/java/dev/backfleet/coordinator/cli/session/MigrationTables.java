package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.StepExecutor;
import dev.backfleet.coordinator.migration.apply.StepTables;
import dev.backfleet.coordinator.migration.contract.StepWords;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.contract.ContractJournal;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.Ddl.Waiting;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import dev.backfleet.coordinator.postgres.migration.PostgresStepExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** The tables of migrations: what is known of each, and who executes its steps, with the limits of the file. */
final class MigrationTables implements StepTables {
    private final Database database;
    private final Database ddl;

    /**
     * On one database.
     *
     * @param ddl the same database, over connections that wait for an answer as long as it takes
     */
    MigrationTables(Database database, Database ddl) {
        this.database = database;
        this.ddl = ddl;
    }

    /**
     * The table of a file.
     *
     * @throws dev.backfleet.common.spec.SpecException if there is none that the role may see, or if the role cannot be used for it
     */
    TableShape shape(ParsedMigration parsed) {
        return parsed.table(new PostgresMigrationCatalog(database)::shape);
    }

    /**
     * The table of a stored migration.
     *
     * @throws ExplainedFailure if there is none that the role may see
     */
    TableShape shape(Migration migration) {
        return new PostgresMigrationCatalog(database)
                .shape(migration)
                .orElseThrow(() -> new ExplainedFailure(
                        Kind.INVALID,
                        "there is no table " + migration.table() + " that this role may see",
                        "see whether it was dropped or renamed"));
    }

    @Override
    public StepTable of(ParsedMigration file, Actor actor) {
        var migration = file.migration();
        return new Table(actor, migration, shape(file), () -> Steps.of(migration, shape(file)));
    }

    @Override
    public Optional<StepTable> toTakeBack(Migration migration, Actor actor) {
        return new PostgresMigrationCatalog(database)
                .shapeWithoutCopies(migration)
                .map(shape -> new Table(actor, migration, shape, () -> Steps.toTakeBack(migration, shape)));
    }

    /**
     * Who executes the steps at the end of a migration, each of which moves its state too.
     *
     * @param words what is stored with a step
     */
    StepExecutor executor(Actor actor, Migration migration, long id, StepWords words) {
        return new PostgresStepExecutor(
                database,
                changes(migration, shape(migration)),
                id,
                actor.words(),
                Ticker.system(),
                new ContractJournal(id, actor, words));
    }

    /** A table, as it was when it was asked for. */
    private final class Table implements StepTable {
        private final Actor actor;
        private final Migration migration;
        private final TableShape shape;
        private final Supplier<List<Step>> steps;

        Table(Actor actor, Migration migration, TableShape shape, Supplier<List<Step>> steps) {
            this.actor = actor;
            this.migration = migration;
            this.shape = shape;
            this.steps = steps;
        }

        @Override
        public String name() {
            return shape.name().toString();
        }

        @Override
        public List<Step> steps() {
            return steps.get();
        }

        @Override
        public StepExecutor executor(long id) {
            return new PostgresStepExecutor(database, changes(migration, shape), id, actor.words(), Ticker.system());
        }
    }

    private Ddl changes(Migration migration, TableShape shape) {
        var rules = migration.ddl();
        var limits = new LockLimits(rules.lockTimeout(), rules.hold(), rules.giveUp(), Duration.ZERO);
        return new Ddl(
                ddl,
                database,
                shape.name(),
                rules.role(),
                limits,
                new Waiting(Ticker.system(), Sleeper.system(), () -> ThreadLocalRandom.current()
                        .nextDouble()));
    }
}
