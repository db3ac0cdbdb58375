package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.duty.RepeatedReconciles;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Options;
import dev.backfleet.coordinator.operation.reconcile.ScheduleReconcile;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.derived.PostgresDerivedJobs;
import dev.backfleet.coordinator.postgres.migration.PostgresRowRules;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How often jobs are reconciled. */
public final class PostgresSchedules implements ScheduleReconcile.Store, RepeatedReconciles.Schedules {
    private static final Actor SCHEDULE = Actor.duty("schedule");

    /** How many reconciles of a job are kept. */
    private static final int KEPT = 50;

    private static final String FORGET_SCHEDULE = "delete from backfleet.reconcile_schedule where job_id = :job";

    private static final String SCHEDULED = """
            insert into backfleet.reconcile_schedule (job_id, every_seconds, rate, different, standby)
            values (:job, :every, :rate, :different, :standby)
            """;

    private static final String DUE = """
            select s.job_id from backfleet.reconcile_schedule s join backfleet.job j on j.id = s.job_id
            where j.state = 'SUCCEEDED' and not exists (
              select from backfleet.job p
              where p.reconciles = j.id
                and (p.finished_at is null or p.submitted_at > now() - make_interval(secs => s.every_seconds)))
            order by s.job_id
            """;

    // A clean pass is not repeated; one that has found something, or has failed, is repeated by a person.
    private static final String DUE_WAVES = """
            select j.id from backfleet.job j
            where j.state = 'RUNNING' and (j.rollout ->> 'reconcile')::boolean
              and j.wave_done_at + (j.rollout ->> 'soak')::interval <= now()
              and exists (select from backfleet.shard s where s.job_id = j.id and s.wave > j.wave)
              and not exists (
                select from backfleet.job p
                where p.reconciles = j.id
                  and (p.finished_at is null or p.checked_wave = j.wave and p.submitted_at >= j.wave_done_at))
            order by j.id
            """;

    private static final String OPTIONS =
            "select rate, different, standby from backfleet.reconcile_schedule where job_id = :job";

    private static final String FORGET_OLD = """
            delete from backfleet.job p
            where p.reconciles = :job and p.finished_at is not null
              and p.id < (select min(id) from (
                select id from backfleet.job where reconciles = :job order by id desc limit :kept) k)
            """;

    private final Database database;

    public PostgresSchedules(Database database) {
        this.database = database;
    }

    @Override
    public void schedule(long job, Optional<Duration> every, Options options, Actor actor) {
        database.jdbi().useTransaction(handle -> {
            handle.createUpdate(FORGET_SCHEDULE).bind("job", job).execute();
            every.ifPresent(interval -> handle.createUpdate(SCHEDULED)
                    .bind("job", job)
                    .bind("every", interval.toSeconds())
                    .bind("rate", options.rate().isPresent() ? options.rate().getAsLong() : null)
                    .bind(
                            "different",
                            options.different().map(SqlExpression::text).orElse(null))
                    .bind("standby", options.standby().orElse(null))
                    .execute());
            new AuditStore(handle)
                    .did(
                            job,
                            actor,
                            "reconcile every",
                            every.map(HumanDuration::format).orElse("none"));
        });
    }

    @Override
    public List<Long> due() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(DUE).mapTo(Long.class).list());
    }

    @Override
    public void begin(long job) {
        var options = stored(job);
        if (options.isEmpty()) {
            return; // ended meanwhile
        }
        try {
            begin(job, options.get());
        } catch (OperationRefused e) {
            if (stored(job).isEmpty()) {
                return; // ended by what has changed the table
            }
            throw e;
        }
        database.jdbi().useHandle(handle -> handle.createUpdate(FORGET_OLD)
                .bind("job", job)
                .bind("kept", KEPT)
                .execute());
    }

    private Optional<Options> stored(long job) {
        return database.jdbi().withHandle(handle -> handle.createQuery(OPTIONS)
                .bind("job", job)
                .map((row, context) -> options(row))
                .findOne());
    }

    @Override
    public List<Long> wavesDue() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(DUE_WAVES).mapTo(Long.class).list());
    }

    @Override
    public void beginOfWaves(long job) {
        begin(job, Options.USUAL);
    }

    private void begin(long job, Options options) {
        var catalog = new PostgresCatalog(database);
        new ReconcileJob(
                        new Lookup(new PostgresQueries(database)),
                        catalog,
                        new DerivedJobs(catalog, new PostgresDerivedJobs(database)),
                        new PostgresRowRules(database))
                .run(SCHEDULE, String.valueOf(job), options);
    }

    private static Options options(ResultSet row) throws SQLException {
        var rate = row.getObject("rate", Long.class);
        var different = row.getString("different");
        return new Options(
                Optional.ofNullable(different).map(SqlExpression::parse),
                rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
                Optional.ofNullable(row.getString("standby")));
    }
}
