package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Triggers;
import dev.backfleet.coordinator.pin.Reaction;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statement that finds the triggers and rules of a table and its partitions that an update of rows fires. */
final class ReactionStore {

    // Bits of tgtype: 1 for each row, 2 before, 16 on update, 64 instead. A trigger OF columns fires for these.
    // Triggers of a partitioned table for each row are on its partitions too.
    private static final String REACTIONS = """
            with tables as (
              select :relation::oid as oid union select p.relation from backfleet.partitions_of(:relation::oid) p
            ), found as (
              select 'RULE' as kind, r.rulename::text as name, t.oid
              from tables t join pg_catalog.pg_rewrite r on r.ev_class = t.oid
              where r.ev_type = '2' and r.ev_enabled::text = any(:enabled)
              union all
              select case when g.tgtype::int & 1 = 0 and c.relkind = 'p' then 'SILENT'
                          when :suppressed then 'UNSUPPRESSED'
                          when g.tgtype::int & 3 = 3 then 'VETO' else 'FIRES' end,
                     g.tgname::text, t.oid
              from tables t join pg_catalog.pg_class c on c.oid = t.oid join pg_catalog.pg_trigger g on g.tgrelid = t.oid
              where not g.tgisinternal and g.tgtype::int & 16 = 16 and g.tgtype::int & 64 = 0 and g.tgenabled::text = any(:enabled)
                and g.tgfoid <> 'pg_catalog.suppress_redundant_updates_trigger'::regproc
                and (cardinality(g.tgattr::int2[]) = 0 or exists (
                  select from pg_catalog.pg_attribute a
                  where a.attrelid = t.oid and a.attnum = any(g.tgattr::int2[]) and a.attname = any(:columns)))
            ), listed as (
              select kind, name, oid from found
              union all
              -- One that is not suppressed can leave a row as it is as well.
              select 'VETO', f.name, f.oid from found f join pg_catalog.pg_trigger g on g.tgrelid = f.oid and g.tgname = f.name
              where f.kind = 'UNSUPPRESSED' and g.tgtype::int & 3 = 3
            )
            select distinct on (b.kind, b.name) b.kind, b.name, c.oid::bigint as oid, n.nspname, c.relname
            from listed b join pg_catalog.pg_class c on c.oid = b.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            order by b.kind, b.name, c.relkind = 'p' desc, n.nspname, c.relname
            """;

    private final Handle handle;

    ReactionStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * The triggers and rules.
     *
     * @param triggers whether triggers fire or are suppressed
     * @param columns the columns that are set
     */
    List<Reaction> of(JobDefinition.Table table, Triggers triggers, List<String> columns) {
        var suppressed = triggers == Triggers.SUPPRESS;
        return handle.createQuery(REACTIONS)
                .bind("relation", table.oid())
                .bind("suppressed", suppressed)
                .bindArray("enabled", String.class, suppressed ? "R" : "O", "A")
                .bindArray("columns", String.class, columns)
                .map((row, context) -> new Reaction(
                        Reaction.Kind.valueOf(row.getString("kind")),
                        row.getString("name"),
                        new JobDefinition.Table(
                                row.getLong("oid"), row.getString("nspname"), row.getString("relname"))))
                .list();
    }
}
