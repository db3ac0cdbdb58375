package dev.backfleet.coordinator.postgres.trial;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.forecast.BatchTrials;
import dev.backfleet.coordinator.forecast.Checkpoints;
import dev.backfleet.coordinator.forecast.SavedForecast;
import dev.backfleet.coordinator.forecast.TableWeight;
import dev.backfleet.coordinator.forecast.Trials;
import dev.backfleet.coordinator.postgres.cost.ForecastStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/** Runs batches of a job that is not stored, each in a transaction that is rolled back. */
public final class PostgresTrials implements BatchTrials {
    private static final int PLACES = 64;

    private static final String WEIGHT = """
            select coalesce(sum(pg_relation_size(c.oid)), 0)::bigint as table_bytes,
                   coalesce(sum(pg_indexes_size(c.oid)), 0)::bigint as index_bytes,
                   current_setting('block_size')::integer as page_bytes,
                   extract(epoch from current_setting('checkpoint_timeout')::interval)::integer as checkpoint_seconds,
                   pg_size_bytes(current_setting('max_wal_size')) as max_wal_bytes,
                   current_setting('checkpoint_completion_target')::double precision as completion_target,
                   current_setting('full_page_writes')::boolean as full_pages
            from pg_catalog.pg_class c where c.oid = any(:leaves)
            """;

    // Those that fire for a row after the statement, the checks of foreign keys among them.
    private static final String TRIGGERS_FOLLOW = """
            select exists (select from pg_catalog.pg_trigger t
                           where t.tgrelid = any(:leaves) and t.tgtype::int & 2 = 0 and t.tgtype::int & 64 = 0
                             and t.tgtype::int & 16 = 16 and t.tgenabled::text = any(:enabled))
            """;

    private static final String FLEET_SLOTS = """
            select coalesce(sum(w.slots), 0)::integer from backfleet.worker w
            where w.taking and w.seen_at > clock_timestamp() - interval '10 seconds'
            """;

    private static final String MAY_RUN = """
            select pg_catalog.has_table_privilege('backfleet.job', 'insert')
               and pg_catalog.has_table_privilege('backfleet.job_relation', 'insert')
               and pg_catalog.has_table_privilege('backfleet.shard', 'insert')
               and pg_catalog.has_table_privilege('backfleet.shard', 'update')
            """;

    // Of a number that no job has and no other trial takes.
    private static final String ID = "select -(extract(epoch from clock_timestamp()) * 1000000)::bigint * 64";

    private final Database database;
    private final Ticker ticker;
    private final Sleeper sleeper;

    public PostgresTrials(Database database, Ticker ticker, Sleeper sleeper) {
        this.database = database;
        this.ticker = ticker;
        this.sleeper = sleeper;
    }

    @Override
    public boolean mayRun() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(MAY_RUN).mapTo(Boolean.class).one());
    }

    @Override
    public TableWeight weight(List<JobDefinition.Table> leaves, long rows) {
        return database.jdbi().withHandle(handle -> handle.createQuery(WEIGHT)
                .bindArray("leaves", Long.class, oids(leaves))
                .map((row, context) -> new TableWeight(
                        rows,
                        row.getLong("table_bytes"),
                        row.getLong("index_bytes"),
                        row.getInt("page_bytes"),
                        new Checkpoints(
                                Duration.ofSeconds(row.getInt("checkpoint_seconds")),
                                row.getLong("max_wal_bytes"),
                                row.getDouble("completion_target"),
                                row.getBoolean("full_pages"))))
                .one());
    }

    @Override
    public Trials run(JobDefinition job, List<JobDefinition.Table> leaves, int sessions, long mostRows)
            throws InterruptedException {
        var handles = new ArrayList<Handle>();
        try {
            var first = database.jdbi().open();
            handles.add(first);
            var places = new TrialPlaces(first, job).find(leaves, PLACES);
            var ids = ids(first);
            var all = new ArrayList<TrialSession>();
            all.add(session(first, job, ids));
            for (var i = 1; i < sessions; i++) {
                var handle = database.jdbi().open();
                handles.add(handle);
                all.add(session(handle, job, ids));
            }
            return new TrialSeries(
                            all,
                            new WalTrial(all.get(0), job, triggersFollow(first, job, leaves)),
                            job.mostRowsOfBatch(),
                            places,
                            mostRows,
                            ticker,
                            sleeper)
                    .run();
        } finally {
            handles.forEach(Handle::close);
        }
    }

    @Override
    public void keep(JobDefinition job, Limits limits, SavedForecast forecast) {
        database.jdbi().useTransaction(handle -> new ForecastStore(handle).keep(job, limits, forecast));
    }

    @Override
    public int fleetSlots() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(FLEET_SLOTS).mapTo(Integer.class).one());
    }

    private TrialSession session(Handle handle, JobDefinition job, AtomicLong ids) {
        return new TrialSession(handle.getConnection(), job, ticker, ids.incrementAndGet());
    }

    private static AtomicLong ids(Handle handle) {
        return new AtomicLong(handle.createQuery(ID).mapTo(Long.class).one());
    }

    private static boolean triggersFollow(Handle handle, JobDefinition job, List<JobDefinition.Table> leaves) {
        return handle.createQuery(TRIGGERS_FOLLOW)
                .bindArray("leaves", Long.class, oids(leaves))
                .bindArray("enabled", String.class, job.work().suppressesTriggers() ? "R" : "O", "A")
                .mapTo(Boolean.class)
                .one();
    }

    private static Object[] oids(List<JobDefinition.Table> leaves) {
        return leaves.stream().map(JobDefinition.Table::oid).toArray();
    }
}
