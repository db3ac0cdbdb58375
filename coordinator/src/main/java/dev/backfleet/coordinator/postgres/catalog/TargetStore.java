package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.pin.TargetState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements that read what is to be known of a table that is to take copies. */
final class TargetStore {
    private static final String COLUMNS = """
            select a.attname, a.attidentity::text = 'a' as always,
                   a.attnotnull and not a.atthasdef and a.attidentity::text = '' and a.attgenerated::text = '' as required,
                   quote_ident(n.nspname) || '.' || quote_ident(c.collname) as collation
            from pg_catalog.pg_attribute a
            left join pg_catalog.pg_collation c on c.oid = a.attcollation
            left join pg_catalog.pg_namespace n on n.oid = c.collnamespace
            where a.attrelid = :relation::oid and a.attnum > 0 and not a.attisdropped
            """;

    private static final String RULE = """
            select format('%I.%I has the rule %I ON %s', n.nspname, c.relname, r.rulename,
                          case r.ev_type when '2' then 'UPDATE' else 'INSERT' end)
            from pg_catalog.pg_rewrite r
            join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where r.ev_class = :relation::oid and r.ev_type in ('2', '3') and r.ev_enabled::text = any(:enabled)
            order by 1 limit 1
            """;

    private final Handle handle;

    TargetStore(Handle handle) {
        this.handle = handle;
    }

    /** An INSERT of one column; a function that returns a set, or an aggregate, is rejected where rows are locked. */
    static String insert(JobDefinition.Table from, JobDefinition.Table into, String column, SqlExpression expression) {
        var alias = Identifier.of(from.name()).quoted();
        return "insert into " + into.quoted() + " (" + Identifier.of(column).quoted() + ") select "
                + expression.jdbcParenthesized() + " from only " + from.quoted() + " as " + alias
                + " for no key update of " + alias;
    }

    /** What is to be known. */
    TargetState state(JobDefinition.Table into, Triggers triggers) {
        var collations = new HashMap<String, String>();
        var always = new HashSet<String>();
        var required = new HashSet<String>();
        handle.createQuery(COLUMNS)
                .bind("relation", into.oid())
                .map((row, context) -> new Column(
                        row.getString("attname"),
                        row.getBoolean("always"),
                        row.getBoolean("required"),
                        Optional.ofNullable(row.getString("collation"))))
                .forEach(column -> {
                    column.collation.ifPresent(collation -> collations.put(column.name, collation));
                    if (column.always) {
                        always.add(column.name);
                    }
                    if (column.required) {
                        required.add(column.name);
                    }
                });
        return new TargetState(collations, always, required, rule(into, triggers));
    }

    private Optional<String> rule(JobDefinition.Table into, Triggers triggers) {
        return handle.createQuery(RULE)
                .bind("relation", into.oid())
                .bindArray("enabled", String.class, triggers == Triggers.SUPPRESS ? "R" : "O", "A")
                .mapTo(String.class)
                .findFirst();
    }

    private record Column(String name, boolean always, boolean required, Optional<String> collation) {}
}
