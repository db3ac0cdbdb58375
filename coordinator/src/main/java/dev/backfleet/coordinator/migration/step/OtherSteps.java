package dev.backfleet.coordinator.migration.step;

import static dev.backfleet.coordinator.ddl.LockMode.SHARE_UPDATE_EXCLUSIVE;

import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.util.List;
import java.util.regex.Pattern;

/** The steps of statistics, values of enum types, and statements of the file's author. */
final class OtherSteps {

    // Columns alone before PostgreSQL 14, which knows expressions.
    static final String STATISTICS_COLUMNS = "pg_catalog.pg_get_statisticsobjdef_columns(s.oid)";

    static final String STATISTICS_COLUMNS_13 =
            "(select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) "
                    + "from pg_catalog.pg_attribute a where a.attrelid = s.stxrelid and a.attnum = any(s.stxkeys))";

    private static final String STATISTICS = """
            select case
              when s.stxrelid <> %1$s::pg_catalog.regclass then 'the statistics ' || %4$s || ' belong to ' || s.stxrelid::pg_catalog.regclass::text
              when %6$s <> %5$s then 'the statistics ' || %4$s || ' are ' || pg_catalog.pg_get_statisticsobjdef(s.oid)
              else 'done' end
            from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
            where n.nspname = %2$s and s.stxname = %3$s""";

    private static final String ENUM = """
            select case
              when pg_catalog.to_regtype(%1$s) is null then 'there is no type ' || %2$s
              when not exists (select from pg_catalog.pg_type t where t.oid = pg_catalog.to_regtype(%1$s) and t.typtype = 'e')
                then 'the type ' || %2$s || ' is no enum'
              when not exists (select from pg_catalog.pg_enum e where e.enumtypid = pg_catalog.to_regtype(%1$s) and e.enumlabel = %3$s)
                then 'open'
              when not (%4$s) then 'the type ' || %2$s || ' has the value at another place'
              else 'done' end""";

    private static final String FOLLOWS = """
            (select p.enumlabel from pg_catalog.pg_enum e
             join pg_catalog.pg_enum p on p.enumtypid = e.enumtypid and p.enumsortorder < e.enumsortorder
             where e.enumtypid = pg_catalog.to_regtype(%1$s) and e.enumlabel = %2$s
             order by p.enumsortorder desc limit 1) is not distinct from %3$s""";

    private static final Pattern NOT_IN_A_TRANSACTION = Pattern.compile(
            "(?is)\\s*(vacuum\\b.*|.*\\bindex\\b.*\\bconcurrently\\b.*|alter\\s+table\\b.*\\bdetach\\s+partition\\b.*\\bconcurrently\\b.*)");

    private final TableShape table;

    OtherSteps(TableShape table) {
        this.table = table;
    }

    /** Creates extended statistics; the next ANALYZE fills them. */
    Step statistics(Phase phase, Element.Statistics element, String made) {
        var name = table.inSchema(element.name());
        return StepDraft.of(phase, "statistics." + element.name(), "creates the statistics " + element.name())
                .statements(
                        table.ownLock(SHARE_UPDATE_EXCLUSIVE),
                        "create statistics " + name + written(element) + " from "
                                + table.name().quoted())
                .undo(table.ownLock(SHARE_UPDATE_EXCLUSIVE), "drop statistics if exists " + name)
                .check(Checks.ofTable(
                        table.name(),
                        STATISTICS.formatted(
                                Sql.relation(table.name()),
                                Sql.literal(table.name().schema().orElseThrow()),
                                Sql.literal(element.name()),
                                Sql.literal(element.name().toString()),
                                Sql.literal(made),
                                shownStatistics(table.serverVersion()))));
    }

    /** What PostgreSQL shows of {@code pg_statistic_ext s}, without names of relations. */
    static String shownStatistics(int serverVersion) {
        return "s.stxkind::text || ' ' || " + (serverVersion >= 140000 ? STATISTICS_COLUMNS : STATISTICS_COLUMNS_13);
    }

    /** Kinds and columns of statistics, as they are written. */
    static String written(Element.Statistics element) {
        return (element.kinds().isEmpty() ? "" : " (" + String.join(", ", element.kinds()) + ")") + " on "
                + String.join(", ", element.on());
    }

    /** Adds a value to an enum type. It is not taken back: PostgreSQL cannot. */
    Step enumValue(Phase phase, Element.EnumValue element) {
        var type = Sql.literal(element.type().quoted());
        var value = Sql.literal(element.value());
        var follows = element.after()
                .map(after -> FOLLOWS.formatted(type, value, Sql.literal(after)))
                .orElse("true");
        return StepDraft.of(
                        phase,
                        "enum." + element.type() + "." + element.value(),
                        "adds the value " + element.value() + " to the type " + element.type())
                .statements(
                        List.of(),
                        "alter type " + element.type().quoted() + " add value " + value
                                + element.after()
                                        .map(after -> " after " + Sql.literal(after))
                                        .orElse(""))
                .check(ENUM.formatted(type, Sql.literal(element.type().toString()), value, follows));
    }

    /**
     * A statement of the file's author. One for which the application would have to wait is to be done in an instant; any other may
     * take its time.
     */
    Step sql(Phase phase, Element.Sql element) {
        var locks = element.lock()
                .map(mode -> List.of(new TableLock(table.name(), mode)))
                .orElse(List.of());
        var draft = StepDraft.of(phase, "sql." + element.title(), element.title())
                .execution(execution(element))
                .statements(locks, element.apply());
        element.undo().ifPresent(undo -> draft.undo(locks, undo));
        return draft.check("select case when (\n" + element.check() + "\n) then 'done' else 'open' end");
    }

    /** How a statement of the file's author is executed. */
    static Execution execution(Element.Sql element) {
        if (NOT_IN_A_TRANSACTION.matcher(element.apply()).matches()) {
            return Execution.CONCURRENT;
        }
        return element.lock().filter(LockMode::holdsApplicationUp).isPresent() ? Execution.INSTANT : Execution.SCAN;
    }
}
