package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Element;
import java.util.Optional;

/** Writes how to find out what PostgreSQL makes of a definition: it is applied to an empty table, and read back. */
public final class Definitions {

    private static final Identifier NAME = Identifier.of("backfleet_definition");

    private static final String OF_INDEX = """
            select pg_catalog.substr(d.text, pg_catalog.strpos(d.text, d.name || 'USING ') + pg_catalog.length(d.name))
            from (select pg_catalog.pg_get_indexdef(i.indexrelid) as text, '.' || pg_catalog.quote_ident(c.relname) || ' ' as name
                  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
                  where i.indexrelid = 'pg_temp.backfleet_definition'::pg_catalog.regclass) d""";

    private static final String OF_CHECK = """
            select pg_catalog.pg_get_expr(k.conbin, k.conrelid) from pg_catalog.pg_constraint k
            where k.conrelid = %s::pg_catalog.regclass and k.conname = 'backfleet_definition'""";

    private static final String OF_DEFAULT = """
            select pg_catalog.pg_get_expr(d.adbin, d.adrelid)
            from pg_catalog.pg_attrdef d join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
            where d.adrelid = %s::pg_catalog.regclass and a.attname = %s""";

    private static final String OF_STATISTICS = """
            select %s from pg_catalog.pg_statistic_ext s
            where s.stxrelid = %s::pg_catalog.regclass and s.stxname = 'backfleet_definition'""";

    private Definitions() {}

    /**
     * How to find out what PostgreSQL makes of an element; nothing if its definition is only names, and can be compared without that.
     *
     * @param clone an empty temporary table, as SQL writes it
     * @param serverVersion as {@code server_version_num} has it
     */
    public static Optional<Probe> of(Element element, String clone, int serverVersion) {
        if (element instanceof Element.Index index) {
            return Optional.of(index(
                    "index." + index.name(),
                    index.unique() ? "unique index" : "index",
                    clone,
                    IndexSteps.written(index)));
        } else if (element instanceof Element.Unique unique) {
            return Optional.of(index("unique." + unique.name(), "unique index", clone, IndexSteps.written(unique)));
        } else if (element instanceof Element.Check check) {
            return Optional.of(new Probe(
                    "check." + check.name(),
                    "alter table " + clone + " add constraint " + NAME + " check "
                            + Sql.parenthesized(check.condition()),
                    OF_CHECK.formatted(Sql.literal(clone)),
                    Optional.of("alter table " + clone + " drop constraint " + NAME)));
        } else if (element instanceof Element.Default value) {
            var name = value.column();
            return Optional.of(new Probe(
                    "default." + name,
                    "alter table " + clone + " alter column " + name.quoted() + " set default "
                            + Sql.parenthesized(value.value()),
                    OF_DEFAULT.formatted(Sql.literal(clone), Sql.literal(name)),
                    Optional.empty()));
        } else if (element instanceof Element.Statistics statistics) {
            return Optional.of(new Probe(
                    "statistics." + statistics.name(),
                    "create statistics pg_temp." + NAME + OtherSteps.written(statistics) + " from " + clone,
                    OF_STATISTICS.formatted(OtherSteps.shownStatistics(serverVersion), Sql.literal(clone)),
                    Optional.of("drop statistics pg_temp." + NAME)));
        }
        return Optional.empty();
    }

    private static Probe index(String place, String kind, String clone, String written) {
        return new Probe(
                place,
                "create " + kind + " " + NAME + " on " + clone + " " + written,
                OF_INDEX,
                Optional.of("drop index pg_temp." + NAME));
    }

    /**
     * How to find out what PostgreSQL makes of a definition.
     *
     * @param place the element, as {@link StepRefusal#place} names it after the phase
     * @param statement applies it
     * @param shown a query of one text: the definition as PostgreSQL shows it
     * @param removal takes it back; empty: it stays, since the sync depends on it
     */
    public record Probe(String place, String statement, String shown, Optional<String> removal) {}
}
