package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.StepExecutor;
import dev.backfleet.coordinator.migration.contract.StepWords;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.contract.ContractJournal;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.Ddl.Waiting;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import dev.backfleet.coordinator.postgres.migration.PostgresStepExecutor;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;

/** The tables of migrations: what is known of each, and who executes its steps, with the limits of the file. */
final class MigrationTables {
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
     * @throws dev.backfleet.common.spec.SpecException if there is none that the role may see
     */
    TableShape shape(ParsedMigration parsed) {
        return new PostgresMigrationCatalog(database).shape(parsed.migration()).orElseThrow(parsed::noTable);
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

    /** Who executes the steps of a migration, by its id. */
    LongFunction<StepExecutor> executor(Actor actor, Migration migration, TableShape shape) {
        var changes = changes(migration, shape);
        return id -> new PostgresStepExecutor(database, changes, id, actor.words(), Ticker.system());
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
