package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.MigrationJobs;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.contract.ContractCatalog;
import dev.backfleet.coordinator.migration.contract.ContractFacts;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Change;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Moment;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Uses;
import dev.backfleet.coordinator.migration.contract.ContractLog.Renaming;
import dev.backfleet.coordinator.migration.contract.Dependent;
import dev.backfleet.coordinator.migration.contract.DeprecatedNames;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.ContractSteps;
import dev.backfleet.coordinator.migration.step.ContractSteps.Before;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.sync.SyncNames;
import dev.backfleet.coordinator.migration.sync.SyncObserver;
import dev.backfleet.coordinator.postgres.contract.ContractFactStore.Noted;
import dev.backfleet.coordinator.postgres.contract.DependentStore.Found;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Reads the table of a migration at its end, as the role that is to change it. */
public final class PostgresContractCatalog implements ContractCatalog {
    private static final String BEFORE = """
            select pg_get_functiondef(p.oid) as text, obj_description(p.oid, 'pg_proc') as comment, to_char(now(), 'YYYY-MM-DD') as date
            from pg_proc p where p.oid = to_regprocedure(:function)
            """;

    private static final String COMMENTS = """
            select a.attname, col_description(a.attrelid, a.attnum) as comment from pg_attribute a
            where a.attrelid = :table::regclass and a.attname::text = any(:columns) and not a.attisdropped
              and col_description(a.attrelid, a.attnum) is not null
            """;

    private final Database database;
    private final MigrationJobs jobs;

    public PostgresContractCatalog(Database database, MigrationJobs jobs) {
        this.database = database;
        this.jobs = jobs;
    }

    @Override
    public Step observe(Migration migration) {
        return steps(migration).observe();
    }

    @Override
    public Prepared rename(Migration migration) {
        var shape = shape(migration);
        var names = DeprecatedNames.of(
                migration.from(),
                shape.columns().stream().map(ColumnShape::name).toList());
        return as(migration, handle -> {
            var comments = new HashMap<Identifier, String>();
            handle.createQuery(COMMENTS)
                    .bind("table", shape.name().quoted())
                    .bindArray(
                            "columns",
                            String.class,
                            migration.from().stream().map(Identifier::name).toList())
                    .map((row, context) ->
                            comments.put(Identifier.of(row.getString("attname")), row.getString("comment")))
                    .list();
            var function = names(migration, shape).function().quoted() + "()";
            return handle.createQuery(BEFORE)
                    .bind("function", function)
                    .map((row, context) -> {
                        var before = new Before(row.getString("text"), row.getString("comment"), comments);
                        var step = new ContractSteps(migration, shape).rename(names, before, row.getString("date"));
                        return new Prepared(new Renaming(names, step.undo()), step);
                    })
                    .findFirst()
                    .orElseThrow(() -> new ExplainedFailure(
                            ExplainedFailure.Kind.CONFLICT,
                            "the function " + function + " of the sync is missing",
                            "see 'backfleet migration status " + migration.name() + "'"));
        });
    }

    @Override
    public Step renamed(Migration migration, Renaming renaming) {
        return steps(migration).renamed(renaming.names(), renaming.wayBack());
    }

    @Override
    public List<Step> drops(Migration migration, Optional<Renaming> renamed) {
        var shape = shape(migration);
        var write = new ContractSteps(migration, shape);
        var columns = now(migration, renamed);
        return as(migration, handle -> {
            var store = new DependentStore(handle, shape.name());
            var steps = new ArrayList<Step>();
            for (var found : dependents(store, migration, shape, columns)) {
                if (!found.dependent().blocks() && !shape.partitioned()) {
                    found.index().map(write::index).ifPresent(steps::add);
                }
                if (!found.dependent().blocks() && found.referred() != null) {
                    var referred = store.tables(found.referred());
                    found.foreignKey()
                            .map(key -> write.foreignKey(key, referred))
                            .ifPresent(steps::add);
                }
            }
            steps.add(write.drop(columns));
            return List.copyOf(steps);
        });
    }

    @Override
    public ContractFacts facts(Stored stored, Migration migration, Optional<Renaming> renamed) {
        var shape = shape(migration);
        var names = names(migration, shape);
        var observer = new SyncObserver(names).table();
        var columns = now(migration, renamed);
        // What was not adapted yet names the columns as they were called before.
        var words = new ArrayList<>(columns);
        renamed.ifPresent(renaming -> words.addAll(renaming.names().keySet()));
        var found = as(migration, handle -> {
            var store = new DependentStore(handle, shape.name());
            return new OfTable(
                    dependents(store, migration, shape, columns).stream()
                            .map(Found::dependent)
                            .toList(),
                    store.functions(words, List.of(names.function(), observer)),
                    ContractFactStore.noted(
                            handle, observer, migration.contract().clean()));
        });
        // The rule of the reconcile names the old columns, so the gate cannot be asked when they are renamed.
        var objections = renamed.isEmpty() ? objections(migration, stored) : List.<String>of();
        return database.jdbi().inTransaction(handle -> {
            var facts = new ContractFactStore(handle, stored.id());
            var general = facts.general();
            return new ContractFacts(
                    new Moment(general.now(), general.renamedAt(), facts.deployed()),
                    new Change(
                            facts.reads(),
                            facts.instances(),
                            general.syncDifference(),
                            facts.passes(stored.job(), objections),
                            facts.jobs()),
                    new Uses(
                            found.dependents(),
                            found.functions(),
                            new CountedStatements(handle, stored.id())
                                    .of(words, shape.name().name()),
                            facts.writers(found.noted(), migration.ddl().byOthers())));
        });
    }

    private List<String> objections(Migration migration, Stored stored) {
        return stored.job()
                .map(job -> jobs.gate(migration, job))
                .filter(answer -> answer.verdict() != GateVerdict.SAFE)
                .map(answer -> List.of(answer.verdict() + ": " + String.join("; ", answer.reasons())))
                .orElse(List.of());
    }

    private static List<Found> dependents(
            DependentStore store, Migration migration, TableShape shape, Collection<Identifier> columns) {
        var names = names(migration, shape);
        return store.dependents(columns, names.triggers());
    }

    private static List<Identifier> now(Migration migration, Optional<Renaming> renamed) {
        return renamed.map(renaming -> List.copyOf(renaming.names().values())).orElse(migration.from());
    }

    private static SyncNames names(Migration migration, TableShape shape) {
        return new SyncNames(migration.name(), shape.name());
    }

    private ContractSteps steps(Migration migration) {
        return new ContractSteps(migration, shape(migration));
    }

    private TableShape shape(Migration migration) {
        return new PostgresMigrationCatalog(database)
                .shape(migration)
                .orElseThrow(() -> new ExplainedFailure(
                        ExplainedFailure.Kind.CONFLICT,
                        "there is no table " + migration.table() + " any more",
                        "a migration whose table was dropped can only be aborted"));
    }

    private <T> T as(Migration migration, Function<Handle, T> question) {
        return database.jdbi().inTransaction(handle -> {
            migration.ddl().role().ifPresent(role -> handle.execute("set local role " + role.escaped()));
            return question.apply(handle);
        });
    }

    /** What the owner of the table sees. */
    private record OfTable(List<Dependent> dependents, List<String> functions, Noted noted) {}
}
