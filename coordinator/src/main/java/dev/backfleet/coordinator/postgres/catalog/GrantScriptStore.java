package dev.backfleet.coordinator.postgres.catalog;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.grants.GrantScript.Part;
import dev.backfleet.coordinator.grants.Roles;
import dev.backfleet.coordinator.grants.WriteGrants;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds out what a fleet needs, by the catalog. What every role has through PUBLIC is left out. Nothing is checked against what the
 * roles have already: the script is complete, and may be run again.
 */
public final class GrantScriptStore implements WriteGrants.Source {

    private static final String HAS_SCHEMA = "select to_regclass('backfleet.shard') is not null";

    private static final String MISSING_ROLES = """
            select format('create role %I login', w.name) from unnest(:roles) with ordinality w (name, place)
            where not exists (select from pg_catalog.pg_roles r where r.rolname = w.name) order by w.place
            """;

    private static final String CONNECT = """
            select format('grant connect on database %I to %I, %I', current_database(), :coordinator, :worker)
            where not pg_catalog.has_database_privilege('public', current_database(), 'connect')
            """;

    private static final String SCHEMA = """
            select format('create schema if not exists backfleet authorization %I', :coordinator)
            where not exists (select from pg_catalog.pg_namespace where nspname = 'backfleet')
            union all select format('grant usage on schema backfleet to %I', :worker)
            """;

    private static final String USAGE = """
            select distinct format('grant usage on schema %I to %I, %I', n.nspname, :coordinator, :worker)
            from pg_catalog.pg_namespace n
            where (n.oid in (select relnamespace from pg_catalog.pg_class where oid = any(:all)) or n.nspname = any(:names))
              and n.nspname not in ('pg_catalog', 'information_schema')
              and not pg_catalog.has_schema_privilege('public', n.oid, 'usage')
            order by 1
            """;

    // The coordinator checks expressions on the table itself; batches and retries are sent to the leaves.
    private static final String COLUMNS = """
            select format('grant %s (%s) on %I.%I to %s', p.privilege, string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                     n.nspname, c.relname,
                     case when c.oid = any(:leaves) then format('%I, %I', :coordinator, :worker) else format('%I', :coordinator) end)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            cross join (values ('select'), ('update')) p (privilege)
            where c.oid = any(:all)
              and case p.privilege when 'select' then a.attname = any(:names) or c.relname = any(:names)
                                   else a.attname = any(:set) end
            group by c.oid, n.nspname, c.relname, p.privilege order by c.oid <> :table, n.nspname, c.relname, p.privilege
            """;

    private static final String OTHER_TABLES = """
            select format('grant select on %I.%I to %I, %I', n.nspname, c.relname, :coordinator, :worker)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.oid <> all(:all) and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname = any(:names)
              and (n.nspname = 'public' or n.nspname = any(:names)) order by 1
            """;

    private static final String FUNCTIONS = """
            select format('grant execute on function %s to %I, %I', f.oid::regprocedure, :coordinator, :worker)
            from pg_catalog.pg_proc f join pg_catalog.pg_namespace n on n.oid = f.pronamespace
            where f.proname = any(:names) and (n.nspname = 'public' or n.nspname = any(:names))
              and not pg_catalog.has_function_privilege('public', f.oid, 'execute') order by 1
            """;

    private static final String SEQUENCES = """
            select format('grant usage on sequence %s to %I, %I', w.name::regclass, :coordinator, :worker)
            from unnest(:sequences) w (name) where to_regclass(w.name) is not null
            """;

    // A trigger's function runs with the rights of the role that updates, unless it is SECURITY DEFINER. Its text tells
    // which tables
    // it names after which word; a table that it inserts into may take numbers from a sequence.
    private static final String TRIGGERS = """
            with fired as (
              select distinct p.oid, p.prosrc from pg_catalog.pg_trigger t
              join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_language l on l.oid = p.prolang
              where t.tgrelid = any(:all) and not t.tgisinternal and t.tgtype::int & 16 = 16
                and t.tgenabled::text = any(:enabled) and not p.prosecdef and l.lanname in ('plpgsql', 'sql')
            ), used as (
              select distinct lower(regexp_replace(m[1], '\\s+', ' ', 'g')) as word, to_regclass(m[2])::oid as relation
              from fired, regexp_matches(prosrc, '\\m(insert\\s+into|update|delete\\s+from|from|join)\\s+((?:[\\w$]+|"[^"]+")(?:\\.(?:[\\w$]+|"[^"]+"))?)', 'gi') m
              where m[2] !~* '^(set|of|only|select|new|old|found|strict)$'
            ), needed as (
              select relation, case word when 'insert into' then 'insert' when 'update' then 'update' when 'delete from' then 'delete'
                                         else 'select' end as privilege
              from used where relation is not null
              union select relation, 'select' from used where relation is not null and word = 'update'
            )
            select 1 as place, format('grant %s on %I.%I to %I, %I', string_agg(d.privilege, ', ' order by d.privilege), n.nspname, c.relname,
                     :coordinator, :worker) as statement
            from needed d join pg_catalog.pg_class c on c.oid = d.relation join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'pg_catalog'
            group by n.nspname, c.relname
            union all
            select 2, format('grant usage on sequence %s to %I, %I', s.oid::regclass, :coordinator, :worker)
            from needed d join pg_catalog.pg_attribute a on a.attrelid = d.relation and a.attidentity = '' and a.atthasdef
            join pg_catalog.pg_depend e on e.refclassid = 'pg_class'::regclass and e.refobjid = d.relation and e.refobjsubid = a.attnum
            join pg_catalog.pg_class s on s.oid = e.objid and e.classid = 'pg_class'::regclass and s.relkind = 'S'
            where d.privilege = 'insert'
            order by place, statement
            """;

    // In a partitioned table, a key alone does not say which row it was.
    private static final String UNDO = """
            select format('grant select (tableoid) on %I.%I to %I, %I', n.nspname, c.relname, :coordinator, :worker)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.oid = any(:leaves) order by 1
            """;

    private static final String SUPPRESSES = """
            select format('grant set on parameter session_replication_role to %I, %I', :coordinator, :worker)
            where current_setting('server_version_num')::integer >= 150000
            """;

    private static final String ROW_SECURITY = """
            select format('alter role %I bypassrls', w.role) from unnest(array[:coordinator, :worker]) w (role)
            where exists (select from pg_catalog.pg_class where oid = any(:all) and relrowsecurity) order by 1
            """;

    private static final Pattern NEXTVAL = Pattern.compile("(?i)nextval\\s*\\(\\s*'([^']+)'");

    private final Database database;

    public GrantScriptStore(Database database) {
        this.database = database;
    }

    @Override
    public boolean hasControlSchema() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(HAS_SCHEMA).mapTo(Boolean.class).one());
    }

    @Override
    public List<Part> fleet(Roles roles) {
        return database.jdbi().withHandle(handle -> {
            var parts = new ArrayList<Part>();
            add(
                    parts,
                    "The roles do not exist yet. Give each a password after this, with \\password.",
                    handle.createQuery(MISSING_ROLES)
                            .bindArray(
                                    "roles",
                                    String.class,
                                    roles.coordinator().name(),
                                    roles.worker().name())
                            .mapTo(String.class)
                            .list());
            add(parts, "Both connect to this database.", list(query(handle, CONNECT, roles)));
            add(
                    parts,
                    "The throttle of the coordinator sees the sessions of other roles, and the standbys.",
                    List.of("grant pg_read_all_stats to " + roles.coordinator()));
            add(
                    parts,
                    "The coordinator's role owns the control schema, creates its tables, and submits jobs; workers use it.",
                    list(query(handle, SCHEMA, roles)));
            return parts;
        });
    }

    @Override
    public List<Part> table(JobDefinition job, List<JobDefinition.Table> leaves, Set<String> names, Roles roles) {
        return database.jdbi().withHandle(handle -> {
            var all = new Bound(handle, roles, job, leaves, names);
            var parts = new ArrayList<Part>();
            add(
                    parts,
                    "Both read what the job on " + job.table().shown()
                            + " reads: its key, and the columns that its expressions name; and they change what it sets.\nBy column: a grant"
                            + " on the whole table would also allow to lock it."
                            + (leaves.size() > 1 ? "\nA partition that is added later needs the same." : ""),
                    Stream.concat(all.list(USAGE).stream(), all.list(COLUMNS).stream())
                            .toList());
            add(
                    parts,
                    "Other tables, functions and sequences that its expressions name.",
                    Stream.of(all.list(OTHER_TABLES), all.list(FUNCTIONS), all.sequences())
                            .flatMap(List::stream)
                            .toList());
            if (job.work().suppressesTriggers()) {
                add(
                        parts,
                        "The job suppresses triggers. Before PostgreSQL 15, only a superuser may.",
                        all.list(SUPPRESSES));
            } else {
                add(
                        parts,
                        "What the functions of its triggers do with the rights of the role, as far as their text tells.",
                        all.triggers());
            }
            CopyGrants.part(handle, job, leaves, roles).ifPresent(parts::add);
            if (job.work().old().keeps()) {
                add(parts, "An undo finds the kept values of a row by its table and key.", all.list(UNDO));
            }
            add(parts, "Row security would hide rows, which the job would leave out.", all.list(ROW_SECURITY));
            return parts;
        });
    }

    @Override
    public List<Part> reconcile(
            JobDefinition job, List<JobDefinition.Table> leaves, Set<String> names, Set<String> rule, Roles roles) {
        return database.jdbi().withHandle(handle -> {
            var all = new Bound(handle, roles, job, leaves, names);
            var ofRule = new Bound(handle, roles, job, leaves, rule);
            var columns = new HashSet<>(rule);
            columns.retainAll(names);
            var ofTable = new Bound(handle, roles, job, leaves, columns);
            var parts = new ArrayList<Part>();
            add(
                    parts,
                    "A reconcile of the job also reads what the job has set, and which transaction has written a row last.",
                    Stream.of(
                                    all.list(ComparedColumns.OF_LEAVES),
                                    ofTable.list(ComparedColumns.OF_TABLE),
                                    ofRule.list(OTHER_TABLES),
                                    ofRule.list(FUNCTIONS))
                            .flatMap(List::stream)
                            .toList());
            return parts;
        });
    }

    private static void add(List<Part> parts, String why, List<String> statements) {
        if (!statements.isEmpty()) {
            parts.add(new Part(why, statements));
        }
    }

    private static Query query(Handle handle, String sql, Roles roles) {
        return handle.createQuery(sql)
                .bind("coordinator", roles.coordinator().name())
                .bind("worker", roles.worker().name());
    }

    private static List<String> list(Query query) {
        return query.mapTo(String.class).list();
    }

    /** What the queries about a job's table have in common. */
    private record Bound(
            Handle handle, Roles roles, JobDefinition job, List<JobDefinition.Table> leaves, Set<String> names) {

        List<String> list(String sql) {
            return GrantScriptStore.list(bound(sql));
        }

        List<String> triggers() {
            return bound(TRIGGERS)
                    .bindArray("enabled", String.class, "O", "A")
                    .map((row, context) -> row.getString("statement"))
                    .list();
        }

        List<String> sequences() {
            var text =
                    job.work().expressions().stream().map(SqlExpression::text).collect(joining("\n"));
            var sequences = NEXTVAL.matcher(text)
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .distinct()
                    .toArray();
            return GrantScriptStore.list(
                    query(handle, SEQUENCES, roles).bindArray("sequences", String.class, sequences));
        }

        private Query bound(String sql) {
            var oids = leaves.stream().map(JobDefinition.Table::oid).toArray();
            var all = Stream.concat(
                            Stream.of(job.table().oid()), leaves.stream().map(JobDefinition.Table::oid))
                    .distinct()
                    .toArray();
            return query(handle, sql, roles)
                    .bindArray("all", Long.class, all)
                    .bindArray("leaves", Long.class, oids)
                    .bind("table", job.table().oid())
                    .bindArray("names", String.class, names.toArray())
                    .bindArray("set", String.class, job.work().columns());
        }
    }
}
