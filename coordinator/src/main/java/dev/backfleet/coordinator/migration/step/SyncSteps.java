package dev.backfleet.coordinator.migration.step;

import static dev.backfleet.coordinator.ddl.LockMode.ACCESS_EXCLUSIVE;
import static dev.backfleet.coordinator.ddl.LockMode.SHARE_ROW_EXCLUSIVE;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.sync.Sync;
import dev.backfleet.coordinator.migration.sync.SyncNames;
import dev.backfleet.coordinator.migration.sync.SyncTrigger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The steps of the sync: its function, and its triggers, both in one transaction. CREATE TRIGGER waits for every transaction that has
 * written the table: when it is committed, no row version that was written without the triggers is still uncommitted.
 */
final class SyncSteps {

    private static final String FUNCTION = """
            select coalesce((select case
              when l.lanname <> 'plpgsql' or p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype
                  or pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')) not in ('\\x%2$s'::bytea, '\\x%4$s'::bytea)
                then 'the function ' || %3$s || ' has another text than this migration gives it'
              else 'done' end
            from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
            where p.oid = pg_catalog.to_regprocedure(%1$s)), 'open')""";

    private static final String TRIGGERS = """
            select case
              when bool_or(t.oid is not null and (t.tgfoid is distinct from pg_catalog.to_regprocedure(%2$s) or t.tgtype <> w.type or t.tgattr <> ''
                  or pg_catalog.strpos(pg_catalog.pg_get_triggerdef(t.oid), ' ' || w.definition || ' EXECUTE FUNCTION ') = 0))
                then 'a trigger of the name of the sync has another definition'
              when bool_or(t.tgenabled not in ('O', 'A') or exists (
                  select from pg_catalog.pg_trigger p
                  where p.tgname = w.name and p.tgenabled not in ('O', 'A')
                    and p.tgrelid in (select x.relid from pg_catalog.pg_partition_tree(%1$s) x)))
                then 'a trigger of the sync is disabled'
              when bool_and(t.oid is not null) then 'done'
              else 'open' end
            from (values %3$s) w (name, type, definition)
            left join pg_catalog.pg_trigger t on t.tgrelid = %1$s::pg_catalog.regclass and t.tgname = w.name""";

    private static final String NOT_YET = "select 'open'";

    private final Migration migration;
    private final TableShape table;
    private final SyncNames names;
    private final Optional<Sync> sync;

    SyncSteps(Migration migration, TableShape table) {
        this.migration = migration;
        this.table = table;
        this.names = new SyncNames(migration.name(), table.name());
        this.sync = table.sync(migration);
    }

    /** All of them. */
    Stream<Step> steps() {
        return Stream.of(function(), triggers());
    }

    private Step function() {
        var name = names.function().quoted() + "()";
        var draft = StepDraft.of(
                        Phase.SYNC,
                        "function",
                        migration.copy().isEmpty()
                                ? "creates the function that keeps both shapes the same"
                                : "creates the function that keeps the copies as the rows are")
                .undo(List.of(), "drop function if exists " + name);
        if (sync.isEmpty()) {
            return draft.check(NOT_YET);
        }
        var function = sync.get();
        return draft.statements(
                        List.of(),
                        function.create(),
                        "comment on function " + name + " is "
                                + Sql.literal(names.comment() + "; sha256 " + Sql.hash(function.body())))
                .check(FUNCTION.formatted(
                        Sql.literal(name),
                        Sql.hash(function.body()),
                        Sql.literal(names.function().toString()),
                        Sql.hash(function.observing().body())));
    }

    private Step triggers() {
        var draft = StepDraft.of(
                        Phase.SYNC,
                        "triggers",
                        migration.copy().isEmpty()
                                ? "lets writers of either shape fill the other one"
                                : "lets whoever writes a row write its copy")
                .undo(
                        table.locks(ACCESS_EXCLUSIVE),
                        names().map(name -> "drop trigger if exists " + name.quoted() + " on "
                                        + table.name().quoted())
                                .toArray(String[]::new));
        if (sync.isEmpty()) {
            return draft.statements(table.locks(SHARE_ROW_EXCLUSIVE)).check(NOT_YET);
        }
        var triggers = sync.get().triggers();
        var statements = Stream.concat(
                        triggers.stream().map(SyncTrigger::statement),
                        triggers.stream()
                                .map(trigger -> "comment on trigger "
                                        + trigger.name().quoted() + " on "
                                        + table.name().quoted() + " is "
                                        + Sql.literal(names.comment())))
                .toArray(String[]::new);
        var wanted = triggers.stream().map(this::wanted).collect(Collectors.joining(", "));
        return draft.statements(table.locks(SHARE_ROW_EXCLUSIVE), statements)
                .check(Checks.ofTable(
                        table.name(),
                        TRIGGERS.formatted(
                                Sql.relation(table.name()),
                                Sql.literal(names.function().quoted() + "()"),
                                wanted)));
    }

    private String wanted(SyncTrigger trigger) {
        var shown = table.made().sync().triggers().getOrDefault(trigger.name(), "");
        return "(" + Sql.literal(trigger.name()) + ", " + trigger.type() + ", " + Sql.literal(shown) + ")";
    }

    // Known without the table of the copies: an abort drops them.
    private Stream<Identifier> names() {
        return migration.copy().isEmpty()
                ? Stream.of(names.insertTrigger(), names.updateTrigger())
                : names.triggers().stream();
    }
}
