package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagLog.StepOn;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.ShowWatch;
import dev.backfleet.coordinator.migration.watch.ThrottleSignals;
import dev.backfleet.coordinator.migration.watch.WatchLog;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements on watches over cutovers, and on what they look at. */
public final class PostgresWatches implements WatchLog, ThrottleSignals.Tables, ShowWatch.Watches {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresWatches.class);

    private static final String LIVE = """
            select m.id, m.name, m.source, m.table_name, m.state, m.job_id, m.cutover_step,
                   extract(epoch from clock_timestamp() - m.cutover_at)::float8 as seconds, clock_timestamp() as now, w.watch,
                   f.state = 'ON' as on, f.percent, f.version, f.changed_at, f.changed_by, f.reason, t.tenants, t.tenant_values
            from backfleet.migration m
            join backfleet.flag f on f.migration_id = m.id
            left join backfleet.cutover_watch w on w.migration_id = m.id
            cross join lateral (
              select coalesce(array_agg(t.tenant), '{}') as tenants, coalesce(array_agg(t.value), '{}') as tenant_values
              from backfleet.flag_tenant t where t.flag = f.name) t
            where m.state in ('READY', 'CUTTING', 'CUT', 'RENAMED')
            order by m.id
            """;

    private static final String STORE = """
            insert into backfleet.cutover_watch (migration_id, watch)
            select m.id, :watch::jsonb from backfleet.migration m where m.id = :migration and m.state = :state for share of m
            on conflict (migration_id) do update set watch = excluded.watch, seen_at = clock_timestamp()
            """;

    // Of the last reconcile that has finished, as the gate reads it. What is held back is known, and is not read in the
    // new shape.
    private static final String DRIFT = """
            select (select coalesce(sum(t.rows), 0) from backfleet.reconcile_tenant t
                    where t.job_id = p.id and not exists (
                      select from backfleet.flag_tenant h where h.flag = :flag and h.tenant = t.tenant and not h.value))
            from backfleet.job p where p.reconciles = :job and p.state = 'SUCCEEDED' order by p.id desc limit 1
            """;

    private static final String ROLLBACKS =
            "select xact_rollback from pg_catalog.pg_stat_database where datname = current_database()";

    private static final String FORGET = "delete from backfleet.cutover_watch where migration_id = :migration";

    private static final String DEFINITION = "select definition from backfleet.job where id = :job";

    private static final String ONE = """
            select m.source, w.watch, clock_timestamp() as now
            from backfleet.migration m left join backfleet.cutover_watch w on w.migration_id = m.id where m.id = :migration
            """;

    private final Database database;

    public PostgresWatches(Database database) {
        this.database = database;
    }

    @Override
    public List<Live> live() {
        return database.jdbi().withHandle(handle -> handle.createQuery(LIVE)
                .map((row, context) -> live(row))
                .list());
    }

    private static Live live(ResultSet row) throws SQLException {
        var seconds = row.getObject("seconds", Double.class);
        var step = row.getInt("cutover_step");
        return new Live(
                MigrationStore.stored(row),
                PostgresFlags.flag(row),
                step == 0 || seconds == null
                        ? Optional.empty()
                        : Optional.of(new StepOn(step, Duration.ofMillis((long) (seconds * 1000)))),
                row.getObject("now", OffsetDateTime.class).toInstant(),
                watch(row.getString("watch")));
    }

    // A baseline that a later release has stored in its own way is measured again.
    private static Optional<CutoverWatch> watch(@Nullable String stored) {
        try {
            return Optional.ofNullable(stored).map(CutoverWatch.JSON::read);
        } catch (UnreadableException e) {
            LOG.atWarn().addKeyValue("cause", e.getMessage()).log("the watch over a cutover begins anew");
            return Optional.empty();
        }
    }

    @Override
    public void store(long migration, MigrationState state, CutoverWatch watch) {
        database.jdbi().useHandle(handle -> handle.createUpdate(STORE)
                .bind("migration", migration)
                .bind("state", state.name())
                .bind("watch", CutoverWatch.JSON.write(watch))
                .execute());
    }

    @Override
    public void forget(long migration) {
        database.jdbi()
                .useHandle(handle ->
                        handle.createUpdate(FORGET).bind("migration", migration).execute());
    }

    @Override
    public OptionalLong drift(long job, String flag) {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(DRIFT).bind("job", job).bind("flag", flag).mapTo(Long.class).stream()
                                .mapToLong(Long::longValue)
                                .findFirst());
    }

    @Override
    public long rollbacks() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(ROLLBACKS).mapTo(Long.class).one());
    }

    @Override
    public ThrottleSignals.Table of(long job) {
        return database.jdbi()
                .inTransaction(handle -> new ThrottleSignals.Table(
                        JobDefinition.JSON.read(handle.createQuery(DEFINITION)
                                .bind("job", job)
                                .mapTo(String.class)
                                .one()),
                        new JobRelationStore(handle).present(job)));
    }

    @Override
    public Optional<ShowWatch.Stored> stored(long migration) {
        return database.jdbi().withHandle(handle -> handle.createQuery(ONE)
                .bind("migration", migration)
                .map((row, context) -> new ShowWatch.Stored(
                        row.getString("source"),
                        watch(row.getString("watch")),
                        row.getObject("now", OffsetDateTime.class).toInstant()))
                .findFirst());
    }
}
