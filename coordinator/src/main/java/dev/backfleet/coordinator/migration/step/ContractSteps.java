package dev.backfleet.coordinator.migration.step;

import static dev.backfleet.coordinator.ddl.LockMode.ACCESS_EXCLUSIVE;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.sync.Sync;
import dev.backfleet.coordinator.migration.sync.SyncNames;
import dev.backfleet.coordinator.migration.sync.SyncObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The steps at the end of a migration: observe who writes the old shape, rename the old columns, drop them. */
public final class ContractSteps {
    /** The step that renames. */
    public static final String RENAME = "contract.rename";

    /** The step that drops. */
    public static final String DROP = "contract.drop";

    /** The step after which the sync notes who writes the old shape alone. */
    public static final String OBSERVE = "contract.observe";

    // A table that a crash has emptied has no page.
    private static final String OBSERVES = """
            select coalesce((select case
              when pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')) = '\\x%2$s'::bytea
                and pg_catalog.pg_relation_size(pg_catalog.to_regclass(%3$s)) > 0 then 'done' else 'open' end
            from pg_catalog.pg_proc p where p.oid = pg_catalog.to_regprocedure(%1$s)), 'the function of the sync is missing')""";

    private static final String RENAMED = """
            select case when old = %4$s and now = 0 then 'open' when old = 0 and now = %4$s then 'done'
              else 'the table has ' || old || ' of the old columns and ' || now || ' of their new names' end
            from (select count(*) filter (where a.attname::text = any(%2$s)) as old, count(*) filter (where a.attname::text = any(%3$s)) as now
                  from pg_catalog.pg_attribute a
                  where a.attrelid = %1$s::pg_catalog.regclass and a.attnum > 0 and not a.attisdropped) c""";

    private static final String GONE = """
            select case when exists (select from pg_catalog.pg_attribute a
                where a.attrelid = %1$s::pg_catalog.regclass and a.attname::text = any(%2$s) and not a.attisdropped) then 'open' else 'done' end""";

    private static final String IS_THERE =
            "select case when pg_catalog.to_regclass(%s) is null then 'open' else 'done' end";

    private static final String NO_INDEX =
            "select case when pg_catalog.to_regclass(%s) is null then 'done' else 'open' end";

    private static final String NO_CONSTRAINT = """
            select case when exists (select from pg_catalog.pg_constraint k
                where k.conrelid = %1$s::pg_catalog.regclass and k.conname = %2$s) then 'open' else 'done' end""";

    private final Migration migration;
    private final TableShape table;
    private final SyncNames names;
    private final SyncObserver observer;

    /**
     * Writes them.
     *
     * @param table the table of the migration
     */
    public ContractSteps(Migration migration, TableShape table) {
        this.migration = migration;
        this.table = table;
        this.names = new SyncNames(migration.name(), table.name());
        this.observer = new SyncObserver(names);
    }

    /** Gives the function of the sync a text that notes who writes the old shape alone. Locks no table of the application. */
    public Step observe() {
        var draft = StepDraft.of(Phase.CONTRACT, after(OBSERVE), "notes who writes the old shape alone");
        var sync = table.sync(migration);
        if (sync.isEmpty()) {
            return draft.undo(List.of(), observer.drop().toArray(String[]::new))
                    .check(IS_THERE.formatted(Sql.relation(observer.table())));
        }
        var plain = sync.get();
        var observing = plain.observing();
        var statements = new ArrayList<>(observer.create());
        statements.addAll(function(observing));
        var undo = new ArrayList<>(function(plain));
        undo.addAll(observer.drop());
        return draft.statements(List.of(), statements.toArray(String[]::new))
                .undo(List.of(), undo.toArray(String[]::new))
                .check(OBSERVES.formatted(
                        Sql.literal(names.function().quoted() + "()"),
                        Sql.hash(observing.body()),
                        Sql.relation(observer.table())));
    }

    private List<String> function(Sync text) {
        return List.of(
                text.replace(),
                "comment on function " + names.function().quoted() + "() is "
                        + Sql.literal(names.comment() + "; sha256 " + Sql.hash(text.body())));
    }

    /**
     * Renames the old columns. The sync goes on under the new names, in the same transaction.
     *
     * @param renamed the new name of each
     * @param before what the renaming changes, as it is now
     * @param date as the comment on the columns writes it
     */
    public Step rename(Map<Identifier, Identifier> renamed, Before before, String date) {
        var statements = new ArrayList<String>();
        renamed.forEach((old, now) -> {
            statements.add(alter() + " rename column " + old.quoted() + " to " + now.quoted());
            statements.add(comment(
                    now,
                    Sql.literal("Backfleet, migration " + migration.name() + ": was " + old + " until " + date
                            + "; will be dropped")));
        });
        statements.addAll(function(sync().observing().renamed(renamed)));
        var wayBack = new ArrayList<String>();
        renamed.forEach((old, now) -> {
            wayBack.add(alter() + " rename column " + now.quoted() + " to " + old.quoted());
            var comment = before.comments().get(old);
            wayBack.add(comment(old, comment == null ? "null" : Sql.literal(comment)));
        });
        wayBack.add(before.function());
        wayBack.add(
                "comment on function " + names.function().quoted() + "() is " + Sql.literal(before.functionComment()));
        return renaming(renamed, statements, wayBack);
    }

    /** The same step when it is done, so that it can be taken back. */
    public Step renamed(Map<Identifier, Identifier> renamed, List<String> wayBack) {
        return renaming(renamed, List.of(), wayBack);
    }

    private Step renaming(Map<Identifier, Identifier> renamed, List<String> statements, List<String> wayBack) {
        return StepDraft.of(Phase.CONTRACT, after(RENAME), "renames the old columns")
                .statements(table.locks(ACCESS_EXCLUSIVE), statements.toArray(String[]::new))
                .undo(table.locks(ACCESS_EXCLUSIVE), wayBack.toArray(String[]::new))
                .check(Checks.ofTable(
                        table.name(),
                        RENAMED.formatted(
                                Sql.relation(table.name()),
                                Sql.texts(renamed.keySet()),
                                Sql.texts(renamed.values()),
                                renamed.size())));
    }

    /** Drops an index that serves nothing but old columns. */
    public Step index(TableName index) {
        return StepDraft.of(
                        Phase.CONTRACT,
                        "index." + index.name(),
                        "drops the index " + index + ", which serves only old columns")
                .execution(Execution.CONCURRENT)
                .statements(List.of(), "drop index concurrently if exists " + index.quoted())
                .check(NO_INDEX.formatted(Sql.relation(index)));
    }

    /**
     * Drops a foreign key of nothing but old columns.
     *
     * @param referred the tables that it refers to, which are locked as well
     */
    public Step foreignKey(Identifier name, List<TableName> referred) {
        var locks = Stream.concat(
                        table.locks(ACCESS_EXCLUSIVE).stream(),
                        referred.stream().map(other -> new TableLock(other, ACCESS_EXCLUSIVE)))
                .distinct()
                .toList();
        return StepDraft.of(Phase.CONTRACT, "foreign-key." + name, "drops the foreign key " + name + " of old columns")
                .statements(locks, alter() + " drop constraint " + name.quoted())
                .check(Checks.ofTable(
                        table.name(), NO_CONSTRAINT.formatted(Sql.relation(table.name()), Sql.literal(name))));
    }

    /**
     * Drops the sync and the old columns, in one transaction. Without CASCADE: what was not seen to hang on them keeps them.
     *
     * @param columns as they are called now
     */
    public Step drop(Collection<Identifier> columns) {
        var statements = new ArrayList<String>();
        names.triggers()
                .forEach(trigger -> statements.add("drop trigger if exists " + trigger.quoted() + " on "
                        + table.name().quoted()));
        statements.add("drop function if exists " + names.function().quoted() + "()");
        statements.addAll(observer.drop());
        columns.forEach(column -> statements.add(alter() + " drop column " + column.quoted()));
        return StepDraft.of(Phase.CONTRACT, after(DROP), "drops the sync and the old columns")
                .statements(table.locks(ACCESS_EXCLUSIVE), statements.toArray(String[]::new))
                .check(Checks.ofTable(table.name(), GONE.formatted(Sql.relation(table.name()), Sql.texts(columns))));
    }

    // The table of the copies is needed for its text.
    private Sync sync() {
        return table.sync(migration)
                .orElseThrow(() -> new ExplainedFailure(
                        ExplainedFailure.Kind.CONFLICT,
                        "the sync of " + migration.name() + " cannot be written: there is no table "
                                + migration
                                        .copy()
                                        .map(Copy::into)
                                        .map(TableName::toString)
                                        .orElse("of its copies"),
                        "see 'backfleet migration status " + migration.name() + "'"));
    }

    private String alter() {
        return "alter table " + table.name().quoted();
    }

    private String comment(Identifier column, String text) {
        return "comment on column " + table.name().quoted() + "." + column.quoted() + " is " + text;
    }

    private static String after(String id) {
        return id.substring(id.indexOf('.') + 1);
    }

    /**
     * What a renaming changes, as it is before.
     *
     * @param function the statement that makes the function of the sync as it is
     * @param functionComment the comment on it
     * @param comments those on the old columns that have one
     */
    public record Before(String function, String functionComment, Map<Identifier, String> comments) {
        public Before {
            comments = Map.copyOf(comments);
        }
    }
}
