package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.coordinator.grants.GrantScript.Part;
import dev.backfleet.coordinator.grants.Roles;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Writes the statements that grant what a job needs in the table that takes its copies. */
final class CopyGrants {
    private static final String COLUMNS = """
            select format('grant %s (%s) on %I.%I to %I, %I', :privilege, string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                     n.nspname, c.relname, :coordinator, :worker)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.oid = any(:relations) and a.attname = any(:columns)
            group by c.oid, n.nspname, c.relname order by n.nspname, c.relname
            """;

    // A column of type serial takes numbers from a sequence with the rights of the role that inserts.
    private static final String SEQUENCES = """
            select format('grant usage on schema %I to %I, %I', n.nspname, :coordinator, :worker)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.oid = :into and not pg_catalog.has_schema_privilege('public', n.oid, 'usage')
            union all
            select format('grant usage on sequence %s to %I, %I', s.oid::regclass, :coordinator, :worker)
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_depend e on e.refclassid = 'pg_class'::regclass and e.refobjid = a.attrelid and e.refobjsubid = a.attnum
            join pg_catalog.pg_class s on s.oid = e.objid and e.classid = 'pg_class'::regclass and s.relkind = 'S'
            where a.attrelid = :into and a.attidentity::text = '' and a.atthasdef and a.attname <> all(:given)
            """;

    private CopyGrants() {}

    /** What a job that copies rows needs beside what every job needs; nothing of another job. */
    static Optional<Part> part(Handle handle, JobDefinition job, List<JobDefinition.Table> leaves, Roles roles) {
        return job.work() instanceof CopyRows copy
                ? Optional.of(new Part(
                        "They insert copies, find the copy that a row has already, and compare both. To lock a row needs the right to update"
                                + " a column of it.",
                        statements(handle, job, copy, leaves, roles)))
                : Optional.empty();
    }

    private static List<String> statements(
            Handle handle, JobDefinition job, CopyRows copy, List<JobDefinition.Table> leaves, Roles roles) {
        var values = copy.values().stream().map(CopiedColumn::name).toList();
        var read = new LinkedHashSet<>(values);
        copy.back().stream().map(WriteBack::from).forEach(read::add);
        var into = List.of(copy.into().oid());
        var statements = new ArrayList<String>();
        statements.addAll(handle.createQuery(SEQUENCES)
                .bind("into", copy.into().oid())
                .bindArray("given", String.class, values)
                .bind("coordinator", roles.coordinator().name())
                .bind("worker", roles.worker().name())
                .mapTo(String.class)
                .list());
        statements.addAll(grant(handle, "select", into, List.copyOf(read), roles));
        statements.addAll(grant(handle, "insert", into, values, roles));
        // A repair gives a copy the values that it should have, whatever the job does on a conflict.
        statements.addAll(grant(handle, "update", into, values, roles));
        if (copy.back().isEmpty()) {
            var tables = Stream.concat(Stream.of(job.table()), leaves.stream())
                    .map(JobDefinition.Table::oid)
                    .distinct()
                    .toList();
            statements.addAll(
                    grant(handle, "update", tables, List.of(job.key().get(0).name()), roles));
        }
        return statements;
    }

    private static List<String> grant(
            Handle handle, String privilege, List<Long> relations, List<String> columns, Roles roles) {
        return handle.createQuery(COLUMNS)
                .bind("privilege", privilege)
                .bindArray("relations", Long.class, relations)
                .bindArray("columns", String.class, columns)
                .bind("coordinator", roles.coordinator().name())
                .bind("worker", roles.worker().name())
                .mapTo(String.class)
                .list();
    }
}
