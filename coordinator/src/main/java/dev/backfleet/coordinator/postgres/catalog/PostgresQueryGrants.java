package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.grants.WriteQueryGrants;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds out what a role needs to run queries: PostgreSQL itself tells what a view reads, of a view of each query, which is never
 * committed.
 */
public final class PostgresQueryGrants implements WriteQueryGrants.Source {

    private static final String ROLE = """
            select format('create role %I login', :role)
            where not exists (select from pg_catalog.pg_roles where rolname = :role)
            """;

    private static final String CONNECT = """
            select format('grant connect on database %I to %I', current_database(), :role)
            where not pg_catalog.has_database_privilege('public', current_database(), 'connect')
            """;

    // Before version 15, everybody may create objects in the schema public: a role that may is refused (QueryRole).
    private static final String CREATE = """
            select format('revoke create on schema %I from public', n.nspname) from pg_catalog.pg_namespace n
            where pg_catalog.has_schema_privilege('public', n.oid, 'create') order by n.nspname
            """;

    private static final String READ = """
            with read as (
              select d.refclassid, d.refobjid, d.refobjsubid
              from pg_catalog.pg_depend d
              join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
              where r.ev_class in (select oid from pg_catalog.pg_class
                                   where relnamespace = pg_catalog.pg_my_temp_schema() and relname like 'backfleet\\_query\\_%')
                and d.refobjid <> r.ev_class
            ), tables as (
              select c.oid, c.relnamespace, c.relname, string_agg(distinct quote_ident(a.attname), ', ') as columns
              from read join pg_catalog.pg_class c on read.refclassid = 'pg_catalog.pg_class'::regclass and c.oid = read.refobjid
              left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = read.refobjsubid and a.attnum > 0
              where c.relkind in ('r', 'p', 'v', 'm', 'f') and not pg_catalog.has_table_privilege('public', c.oid, 'select')
              group by c.oid, c.relnamespace, c.relname
            ), functions as (
              select distinct f.oid, f.pronamespace from read
              join pg_catalog.pg_proc f on read.refclassid = 'pg_catalog.pg_proc'::regclass and f.oid = read.refobjid
            )
            select 1 as place, format('grant usage on schema %I to %I', n.nspname, :role) as statement
            from pg_catalog.pg_namespace n
            where n.oid in (select relnamespace from tables union select pronamespace from functions)
              and not pg_catalog.has_schema_privilege('public', n.oid, 'usage')
            union all
            select 2, format('grant select%s on %I.%I to %I', ' (' || t.columns || ')', n.nspname, t.relname, :role)
            from tables t join pg_catalog.pg_namespace n on n.oid = t.relnamespace
            union all
            select 3, format('grant execute on function %s to %I', f.oid::regprocedure, :role)
            from functions f where not pg_catalog.has_function_privilege('public', f.oid, 'execute')
            order by place, statement
            """;

    private final Database database;

    public PostgresQueryGrants(Database database) {
        this.database = database;
    }

    @Override
    public List<String> role(Identifier role) {
        return database.jdbi().withHandle(handle -> Stream.concat(
                        Stream.of(ROLE, CONNECT)
                                .flatMap(sql ->
                                        handle.createQuery(sql).bind("role", role.name()).mapTo(String.class).stream()),
                        handle.createQuery(CREATE).mapTo(String.class).stream())
                .toList());
    }

    @Override
    public List<String> reading(List<String> queries, Identifier role) {
        return database.jdbi().inTransaction(handle -> {
            for (var i = 0; i < queries.size(); i++) {
                view(handle.getConnection(), i, queries.get(i));
            }
            var statements = handle.createQuery(READ)
                    .bind("role", role.name())
                    .map((row, context) -> row.getString("statement"))
                    .list();
            handle.rollback();
            return statements;
        });
    }

    // Not through Jdbi's parser, which does not know dollar quotes.
    private static void view(Connection connection, int number, String query) {
        try (var statement =
                connection.prepareStatement("create temporary view backfleet_query_" + number + " as " + query)) {
            statement.execute();
        } catch (SQLException e) {
            throw new ExplainedFailure(
                    Kind.INVALID,
                    "PostgreSQL rejects a query of the spec's throttle section: "
                            + SafeErrorMessage.words(ServerErrors.ofRows(e), null),
                    "run this command as a role that may read what the query reads");
        }
    }
}
