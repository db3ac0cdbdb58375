package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.step.StepRefusal;
import dev.backfleet.coordinator.migration.sync.CopiedTable;
import java.util.List;

/**
 * Finds the roles that may write a table and not the copies of its rows: the sync runs with the rights of who writes, so that each write of
 * such a role would fail from then on.
 */
final class CopyRights {
    // Grantee 0 is everybody.
    private static final String DENIED = """
            with writers as (
              select coalesce(r.rolname::text, 'public') as name, bool_or(x.privilege_type <> 'DELETE') as writes, bool_or(x.privilege_type = 'DELETE') as deletes
              from (select x.grantee, x.privilege_type from pg_class c cross join aclexplode(c.relacl) x where c.oid = :table::oid
                    union all
                    select x.grantee, x.privilege_type from pg_attribute a cross join aclexplode(a.attacl) x
                    where a.attrelid = :table::oid and a.attnum > 0 and not a.attisdropped) x
              left join pg_roles r on r.oid = x.grantee
              where x.privilege_type in ('INSERT', 'UPDATE', 'DELETE') and (r.oid is not null or x.grantee = 0)
              group by 1
            )
            select w.name from writers w join pg_class c on c.oid = :into::oid
            where not has_schema_privilege(w.name, c.relnamespace, 'USAGE')
               or w.deletes and not has_table_privilege(w.name, c.oid, 'DELETE')
               or w.writes and exists (
                    select from unnest(:columns) u (name), unnest(array['INSERT', 'SELECT', 'UPDATE']) p (privilege)
                    where not has_column_privilege(w.name, c.oid, u.name, p.privilege))
            order by 1
            """;

    private final Database database;

    CopyRights(Database database) {
        this.database = database;
    }

    /** What each such role lacks. */
    List<StepRefusal> missing(CopiedTable copied) {
        var into = copied.definition().copyRows().into();
        var columns = copied.definition().copyRows().values().stream()
                .map(CopiedColumn::name)
                .toList();
        return database.jdbi().withHandle(handle -> handle
                .createQuery(DENIED)
                .bind("table", copied.definition().table().oid())
                .bind("into", into.oid())
                .bindArray("columns", String.class, columns)
                .map((row, context) -> row.getString(1))
                .list()
                .stream()
                .map(role -> {
                    var name =
                            role.equals("public") ? role : Identifier.of(role).toString();
                    return new StepRefusal(
                            CopyKeys.TABLE.path(),
                            "the role " + name + " may write "
                                    + copied.definition().table().shown() + " and not the copies in " + into.shown()
                                    + ": with the sync, its writes would fail",
                            "let the owner run: grant select, insert, update, delete on " + into.shown() + " to " + name
                                    + "; and grant usage on its schema");
                })
                .toList());
    }
}
