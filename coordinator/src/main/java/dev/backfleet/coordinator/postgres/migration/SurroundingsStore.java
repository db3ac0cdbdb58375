package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.plan.MigrationLook.OtherMigration;
import dev.backfleet.coordinator.migration.plan.MigrationLook.Surroundings;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.sync.SyncNames;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The statements that read what surrounds the table of a migration: its owner, key, triggers, publications, and other migrations. */
final class SurroundingsStore {
    private static final int KNOWS_COLUMN_LISTS = 150000;

    private static final String OWNER = """
            select coalesce(:role, current_user) as role, o.rolname as owner,
                   pg_has_role(coalesce(:role, current_user)::name, c.relowner, 'usage') as owns
            from pg_class c join pg_roles o on o.oid = c.relowner where c.oid = :oid::oid
            """;

    private static final String PRIMARY_KEY = """
            select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
            where i.indrelid = :oid::oid and i.indisprimary
            """;

    private static final String WITHOUT_DEFAULT = """
            select a.attname::text from pg_attribute a
            where a.attrelid = :oid::oid and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef and a.attidentity = ''
            """;

    // Names sort by their bytes. Row 1, BEFORE 2, INSERT 4, UPDATE 16. The syncs of other migrations change other
    // columns.
    private static final String LATE_TRIGGERS = """
            select distinct t.tgname::text from pg_trigger t
            where t.tgrelid in (select :oid::oid union select relid from pg_partition_tree(:oid::oid::regclass))
              and not t.tgisinternal and t.tgtype & 3 = 3
              and (t.tgtype & 4 <> 0 and t.tgname::text collate "C" > :insert collate "C"
                or t.tgtype & 16 <> 0 and t.tgname::text collate "C" > :update collate "C")
              and not starts_with(t.tgname::text, 'zz_backfleet_sync_')
            order by 1
            """;

    private static final String PUBLICATIONS = """
            select p.pubname::text from pg_publication p
            where exists (select from pg_publication_tables t
                          where t.pubname = p.pubname and t.schemaname = :schema and t.tablename = :name)
              and (p.pubinsert or p.pubupdate) {all-columns}
            order by 1
            """;

    private static final String ALL_COLUMNS = """
            and not exists (select from pg_publication_rel r
                            where r.prpubid = p.oid and r.prrelid = :oid::oid and r.prattrs is not null)
            """;

    private static final String OTHERS = """
            select name, source, table_oid = :oid::oid as same_table, state, job_id is not null as submitted from backfleet.migration
            where state not in ('CONTRACTED', 'ABORTED') and (table_oid = :oid::oid or name = :name)
            order by id
            """;

    private final Handle handle;

    SurroundingsStore(Handle handle) {
        this.handle = handle;
    }

    Surroundings of(Migration migration, TableShape table) {
        var role = migration.ddl().role().map(Identifier::name).orElse(null);
        var primaryKey = columns(PRIMARY_KEY, table);
        var withoutDefault = columns(WITHOUT_DEFAULT, table);
        var names = new SyncNames(migration.name(), table.name());
        // The sync to another table fires after the row was written.
        var late = migration.copy().isPresent() ? List.<String>of() : late(table, names);
        return handle.createQuery(OWNER)
                .bind("role", role)
                .bind("oid", table.oid())
                .map((row, context) -> new Surroundings(
                        row.getString("role"),
                        row.getString("owner"),
                        row.getBoolean("owns"),
                        primaryKey,
                        withoutDefault,
                        publications(table),
                        late))
                .one();
    }

    private List<String> late(TableShape table, SyncNames names) {
        return handle.createQuery(LATE_TRIGGERS)
                .bind("oid", table.oid())
                .bind("insert", names.insertTrigger().name())
                .bind("update", names.updateTrigger().name())
                .mapTo(String.class)
                .list();
    }

    private Set<Identifier> columns(String sql, TableShape table) {
        return handle.createQuery(sql).bind("oid", table.oid()).mapTo(String.class).list().stream()
                .map(Identifier::of)
                .collect(Collectors.toSet());
    }

    private List<String> publications(TableShape table) {
        return handle.createQuery(PUBLICATIONS.replace(
                        "{all-columns}", table.serverVersion() >= KNOWS_COLUMN_LISTS ? ALL_COLUMNS : ""))
                .bind("oid", table.oid())
                .bind("schema", table.name().schema().map(Identifier::name).orElse("public"))
                .bind("name", table.name().name().name())
                .mapTo(String.class)
                .list();
    }

    List<OtherMigration> others(Migration migration, TableShape table) {
        return handle.createQuery(OTHERS)
                .bind("oid", table.oid())
                .bind("name", migration.name())
                .map((row, context) -> new OtherMigration(
                        row.getString("name"),
                        row.getString("source"),
                        row.getBoolean("same_table"),
                        MigrationState.valueOf(row.getString("state")),
                        row.getBoolean("submitted")))
                .list();
    }
}
