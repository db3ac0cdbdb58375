package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.MigrationStatus;
import dev.backfleet.coordinator.migration.status.MigrationStatus.Refusal;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import dev.backfleet.coordinator.migration.status.ShowMigration;
import dev.backfleet.coordinator.postgres.Moments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is stored of migrations, for those who ask. */
public final class PostgresMigrations implements ShowMigration.Migrations {
    private static final String COLUMNS = """
            select m.id, m.name, m.table_name, m.state, m.state_at, m.waits_for, m.waits_since, m.job_id, m.created_at, m.created_by,
                   m.refused_kind, m.refused_what, m.refused_remedy, m.refused_at,
                   case when m.state not in ('PLANNED', 'EXPANDED', 'CONTRACTED', 'ABORTED') then backfleet.sync_difference(m.table_oid, m.name) end
                     as problem,
                   (select l.pid from pg_catalog.pg_locks l
                    where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.objid = m.id
                      and l.classid = (pg_catalog.hashtext('backfleet.apply')::bigint & 4294967295)
                      and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())) as applied_by
            from backfleet.migration m
            """;

    private static final String ALL = COLUMNS + " order by m.id desc";
    private static final String ONE = COLUMNS
            + " where m.id::text = :which or m.name = :which order by m.id::text = :which desc, m.id desc limit 1";

    private static final String STEPS = """
            select step, phase, title, state, tries, waited_ms, held_up_ms, longest_ms, blockers, sqlstate, failure, begun_at, ended_at, done_by
            from backfleet.migration_step where migration_id = :migration order by ordinal
            """;

    private static final String DIFFERENCE =
            "select backfleet.sync_difference(table_oid, name) from backfleet.migration where id = :migration";

    private final Database database;

    public PostgresMigrations(Database database) {
        this.database = database;
    }

    @Override
    public Optional<MigrationStatus> status(String idOrName) {
        return database.jdbi().inTransaction(handle -> handle.createQuery(ONE)
                .bind("which", idOrName)
                .map((row, context) -> migration(row, List.of()))
                .findFirst()
                .map(found -> found.with(handle.createQuery(STEPS)
                        .bind("migration", found.id())
                        .map((row, context) -> step(row))
                        .list())));
    }

    /** What is different about the sync of a migration, as a clause; nothing if it is as it was made. Reads the catalog, and locks nothing. */
    public Optional<String> syncDifference(long migration) {
        return database.jdbi().withHandle(handle -> handle.createQuery(DIFFERENCE)
                .bind("migration", migration)
                .mapTo(String.class)
                .findOne());
    }

    @Override
    public List<MigrationStatus> all() {
        return database.jdbi().withHandle(handle -> handle.createQuery(ALL)
                .map((row, context) -> migration(row, List.of()))
                .list());
    }

    private static MigrationStatus migration(ResultSet row, List<StepStatus> steps) throws SQLException {
        var job = row.getLong("job_id");
        return new MigrationStatus(
                row.getLong("id"),
                row.getString("name"),
                row.getString("table_name"),
                MigrationState.valueOf(row.getString("state")),
                row.getObject("state_at", OffsetDateTime.class).toInstant(),
                row.getString("waits_for"),
                Moments.of(row, "waits_since"),
                row.getObject("applied_by", Integer.class),
                row.getString("problem"),
                null,
                job == 0 ? null : job,
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                steps,
                null,
                refusal(row));
    }

    private static @Nullable Refusal refusal(ResultSet row) throws SQLException {
        var kind = row.getString("refused_kind");
        return kind == null
                ? null
                : new Refusal(
                        kind.toLowerCase(Locale.ROOT).replace('_', '-'),
                        row.getString("refused_what"),
                        row.getString("refused_remedy"),
                        row.getObject("refused_at", OffsetDateTime.class).toInstant());
    }

    private static StepStatus step(ResultSet row) throws SQLException {
        return new StepStatus(
                row.getString("step"),
                row.getString("phase"),
                row.getString("title"),
                StepState.valueOf(row.getString("state")),
                row.getInt("tries"),
                row.getLong("waited_ms"),
                row.getLong("held_up_ms"),
                row.getLong("longest_ms"),
                row.getString("blockers"),
                row.getString("sqlstate"),
                row.getString("failure"),
                Moments.of(row, "begun_at"),
                Moments.of(row, "ended_at"),
                row.getString("done_by"));
    }
}
