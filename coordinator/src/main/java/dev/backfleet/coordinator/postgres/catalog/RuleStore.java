package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Triggers;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statement that finds rewrite rules of a table and its partitions. */
final class RuleStore {
    private static final String RULE = """
            select format('%I.%I has the rule %I ON UPDATE', n.nspname, c.relname, r.rulename)
            from (select :relation::oid as oid union select p.relation from backfleet.partitions_of(:relation::oid) p) t
            join pg_catalog.pg_rewrite r on r.ev_class = t.oid
            join pg_catalog.pg_class c on c.oid = t.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where r.ev_type = '2' and r.ev_enabled::text = any(:enabled)
            order by 1 limit 1
            """;

    private final Handle handle;

    RuleStore(Handle handle) {
        this.handle = handle;
    }

    /** A rule for UPDATE, in words; nothing if there is none that applies. */
    Optional<String> onUpdate(JobDefinition.Table table, Triggers triggers) {
        return handle.createQuery(RULE)
                .bind("relation", table.oid())
                .bindArray("enabled", String.class, triggers == Triggers.SUPPRESS ? "R" : "O", "A")
                .mapTo(String.class)
                .findFirst();
    }
}
