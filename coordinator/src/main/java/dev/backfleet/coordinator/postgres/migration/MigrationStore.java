package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.apply.MigrationWork;
import dev.backfleet.coordinator.migration.apply.MigrationWork.Repetition;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.ddl.LockingSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements that store migrations. */
public final class MigrationStore implements MigrationLog, MigrationWork.Reconciles {
    private static final String LIVE = """
            select id, name, source, table_name, state, job_id from backfleet.migration where (name = :name or id::text = :name) and state not in ('CONTRACTED', 'ABORTED')
            """;

    private static final String CREATE = """
            insert into backfleet.migration (name, source, table_name, table_oid, created_by)
            values (:name, :source, :table, pg_catalog.to_regclass(:table)::oid, :who)
            on conflict do nothing returning id
            """;

    private static final String ENDED_FLAG = """
            select exists (select from backfleet.flag f join backfleet.migration m on m.id = f.migration_id
                           where f.name = :name and m.state = 'CONTRACTED')
            """;

    private static final String REPLACE = """
            update backfleet.migration
            set source = :source, refused_kind = null, refused_what = null, refused_remedy = null, refused_at = null
            where id = :id
            """;

    private static final String REFUSED = """
            update backfleet.migration
            set refused_kind = :kind, refused_what = :what, refused_remedy = :remedy, refused_at = clock_timestamp()
            where id = :id
            """;

    private static final String REPEATED =
            "select every_seconds, different from backfleet.reconcile_schedule where job_id = :job";

    // A step that the file no longer has is forgotten unless something was done for it.
    private static final String FORGET = """
            delete from backfleet.migration_step where migration_id = :id and state = 'OPEN' and step <> all (:steps)
            """;

    // From this transaction on, every row has both shapes: it comes after the one that created the trigger.
    private static final String MOVE = """
            update backfleet.migration
            set state = :to, state_at = clock_timestamp(), waits_for = null, waits_since = null,
                refused_kind = null, refused_what = null, refused_remedy = null, refused_at = null,
                job_id = coalesce(:job::bigint, job_id),
                synced_xid = case when :to = 'SYNCED' then pg_current_xact_id() else synced_xid end,
                backfilled_xid = case when :to = 'FINISHED' then coalesce(backfilled_xid, pg_current_xact_id()) else backfilled_xid end
            where id = :id and state = :from
            """;

    // Readers may ask from now on: it is off until a person switches it on.
    private static final String ADD_FLAG = """
            insert into backfleet.flag (name, migration_id, changed_by) select name, id, :who from backfleet.migration where id = :id
            on conflict (name) do update set migration_id = excluded.migration_id
            """;

    private static final String DROP_FLAG = "delete from backfleet.flag where migration_id = :id and state = 'OFF'";

    private static final String BEGIN =
            "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('backfleet.apply'), :id::int)";
    private static final String END =
            "select pg_catalog.pg_advisory_unlock(pg_catalog.hashtext('backfleet.apply'), :id::int)";

    private static final String SUBMITTED = """
            select j.id from backfleet.job j join backfleet.migration m on m.id = :id
            where j.name = :name and j.spec = :spec and j.submitted_at >= m.created_at and j.state <> 'CANCELLED'
              and j.reconciles is null and j.undoes is null
            order by j.id desc limit 1
            """;

    private static final String RECONCILE = """
            select id from backfleet.job
            where reconciles = :job and state not in ('SUCCEEDED', 'FAILED', 'CANCELLED') order by id desc limit 1
            """;

    private static final String DIFFERENT = """
            select definition #>> '{compare,different}' from backfleet.job
            where id = :id and definition #>> '{compare,different}' is not null
            """;

    private static final String WAITS = """
            update backfleet.migration
            set waits_for = :what, waits_since = case when :what::text is not null then coalesce(case when waits_for = :what then waits_since end, clock_timestamp()) end
            where id = :id and waits_for is distinct from :what
            """;

    private static final Logger LOG = LoggerFactory.getLogger(MigrationStore.class);

    private final Database database;

    public MigrationStore(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Stored> live(String name) {
        return database.jdbi().withHandle(handle -> handle.createQuery(LIVE)
                .bind("name", name)
                .map((row, context) -> stored(row))
                .findFirst());
    }

    @Override
    public Stored create(Migration migration, String table, List<Step> steps, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            refuseEndedFlag(handle, migration.name());
            var id = handle.createQuery(CREATE)
                    .bind("name", migration.name())
                    .bind("source", migration.source())
                    .bind("table", table)
                    .bind("who", actor.words())
                    .mapTo(Long.class)
                    .findFirst()
                    .orElseThrow(() -> stale(migration.name()));
            StepStore.add(handle, id, steps);
            new AuditStore(handle).didToFleet(actor, "migration", migration.name() + ": PLANNED");
            return new Stored(
                    id, migration.name(), migration.source(), table, MigrationState.PLANNED, Optional.empty());
        });
    }

    // A new migration would take over the flag of the ended one, which is true for everybody.
    private static void refuseEndedFlag(Handle handle, String name) {
        if (handle.createQuery(ENDED_FLAG)
                .bind("name", name)
                .mapTo(Boolean.class)
                .one()) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the flag " + name + " of a migration that has ended is still there, and true for all tenants",
                    "give this migration another name, or remove the flag when no code asks it: backfleet migration flags rm "
                            + name);
        }
    }

    @Override
    public void replace(long migration, String source, List<Step> steps) {
        database.jdbi().useTransaction(handle -> {
            handle.createUpdate(REPLACE)
                    .bind("id", migration)
                    .bind("source", source)
                    .execute();
            handle.createUpdate(FORGET)
                    .bind("id", migration)
                    .bindArray(
                            "steps", String.class, steps.stream().map(Step::id).toList())
                    .execute();
            StepStore.add(handle, migration, steps);
        });
    }

    @Override
    public void move(long migration, MigrationState from, MigrationState to, Actor actor) {
        database.jdbi().useTransaction(handle -> move(handle, migration, from, to, null, actor));
    }

    @Override
    public void submitted(long migration, MigrationState from, long job, Actor actor) {
        database.jdbi().useTransaction(handle -> move(handle, migration, from, MigrationState.BACKFILLING, job, actor));
    }

    private static void move(
            Handle handle, long migration, MigrationState from, MigrationState to, @Nullable Long job, Actor actor) {
        var moved = handle.createUpdate(MOVE)
                .bind("id", migration)
                .bind("from", from.name())
                .bind("to", to.name())
                .bind("job", job)
                .execute();
        if (moved == 0) {
            throw stale(String.valueOf(migration));
        }
        if (to == MigrationState.SYNCED) {
            handle.createUpdate(ADD_FLAG)
                    .bind("id", migration)
                    .bind("who", actor.words())
                    .execute();
        } else if (to == MigrationState.ABORTED) {
            handle.createUpdate(DROP_FLAG).bind("id", migration).execute();
        }
        var name = handle.createQuery("select name from backfleet.migration where id = :id")
                .bind("id", migration)
                .mapTo(String.class)
                .one();
        new AuditStore(handle).didToFleet(actor, "migration", name + ": " + from + " → " + to);
    }

    // A lock of the session: it ends with the process, however that ends.
    @Override
    public CommandLock begin(long migration) {
        var handle = database.jdbi().open();
        var begun = false;
        try {
            begun = handle.createQuery(BEGIN)
                    .bind("id", migration)
                    .mapTo(Boolean.class)
                    .one();
            if (!begun) {
                throw new OperationRefused(
                        Code.NOT_NOW,
                        "another command is at work on the migration (" + session(handle, migration) + ")",
                        "wait for its end, and run this one again; see 'backfleet migration status'");
            }
            return () -> end(handle, migration);
        } finally {
            if (!begun) {
                handle.close();
            }
        }
    }

    private static String session(Handle handle, long migration) {
        try {
            return LockingSession.words(handle.getConnection(), "backfleet.apply", migration);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static void end(Handle handle, long migration) {
        try (handle) {
            handle.createQuery(END).bind("id", migration).mapTo(Boolean.class).one();
        } catch (JdbiException e) {
            // The connection was lost, and the lock with it.
            LOG.atDebug().setCause(e).log("the lock of a command is gone already");
        }
    }

    @Override
    public Optional<Long> submittedBefore(long migration, String name, String spec) {
        return database.jdbi().withHandle(handle -> handle.createQuery(SUBMITTED)
                .bind("id", migration)
                .bind("name", name)
                .bind("spec", spec)
                .mapTo(Long.class)
                .findFirst());
    }

    @Override
    public OptionalLong unfinished(long backfill) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(RECONCILE).bind("job", backfill).mapTo(Long.class).stream()
                        .mapToLong(Long::longValue)
                        .findFirst());
    }

    @Override
    public Optional<String> different(long reconcile) {
        return database.jdbi().withHandle(handle -> handle.createQuery(DIFFERENT)
                .bind("id", reconcile)
                .mapTo(String.class)
                .findFirst());
    }

    @Override
    public void waits(long migration, @Nullable String what) {
        database.jdbi().useHandle(handle -> handle.createUpdate(WAITS)
                .bind("id", migration)
                .bind("what", what)
                .execute());
    }

    @Override
    public Optional<Repetition> repeated(long backfill) {
        return database.jdbi().withHandle(handle -> handle.createQuery(REPEATED)
                .bind("job", backfill)
                .map((row, context) -> new Repetition(
                        Duration.ofSeconds(row.getLong("every_seconds")),
                        Optional.ofNullable(row.getString("different"))))
                .findOne());
    }

    @Override
    public void refused(long migration, Kind kind, String what, @Nullable String remedy) {
        database.jdbi().useHandle(handle -> handle.createUpdate(REFUSED)
                .bind("id", migration)
                .bind("kind", kind.name())
                .bind("what", what)
                .bind("remedy", remedy)
                .execute());
    }

    /** A row of {@code backfleet.migration} with its id, name, source, table_name, state and job_id. */
    public static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getLong("id"),
                row.getString("name"),
                row.getString("source"),
                row.getString("table_name"),
                MigrationState.valueOf(row.getString("state")),
                Optional.ofNullable(row.getObject("job_id", Long.class)));
    }

    static OperationRefused stale(String migration) {
        return new OperationRefused(
                Code.STALE,
                "another command has changed the migration " + migration + " at this moment",
                "see 'backfleet migration status', and try again");
    }
}
