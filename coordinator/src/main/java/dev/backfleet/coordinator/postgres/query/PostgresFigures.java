package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.metric.BoundedLabel;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.metric.LeaderMetrics;
import dev.backfleet.coordinator.metric.LeaderMetrics.Gate;
import dev.backfleet.coordinator.metric.LeaderMetrics.LiveMigration;
import dev.backfleet.coordinator.metric.LeaderMetrics.WatchedPoint;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import dev.backfleet.coordinator.query.ListJobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.generic.GenericType;
import org.jspecify.annotations.Nullable;

/** Reads what the leader publishes: what a status reads, and what only metrics tell. */
public final class PostgresFigures implements LeaderMetrics.Store {

    // Of the shards that wait, no more are counted than slots could take.
    private static final String RUNNABLE = """
            select coalesce(sum(least(n.slots, f.flying + w.waiting)), 0)::integer
            from backfleet.job j
            cross join lateral (select backfleet.slots_now(j) as slots) n
            cross join lateral (
              select count(*) as flying from backfleet.shard s where s.job_id = j.id and s.state in ('DISPATCHED', 'RUNNING')
            ) f
            cross join lateral (
              select count(*) as waiting from (
                select from backfleet.shard s
                where s.job_id = j.id and s.state = 'PENDING' and not s.held and (j.rollout is null or s.wave <= j.wave)
                limit n.slots
              ) p
            ) w
            where j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
              and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
            """;

    private static final String INTERVALS = "select job_id, every_seconds from backfleet.reconcile_schedule";

    private static final String MIGRATIONS = """
            select m.name, m.state, case when f.state = 'ON' then f.percent else 0 end as percent,
                   coalesce(f.state = 'OFF' and f.changed_by = 'auto:cutover', false) as taken_back,
                   case when f.state = 'ON' and (m.state = 'CUTTING' or w.seen_at > clock_timestamp() - interval '30 seconds')
                     then w.watch end as watch,
                   w.seen_at > clock_timestamp() - interval '30 seconds' as fresh
            from backfleet.migration m
            left join backfleet.flag f on f.migration_id = m.id
            left join backfleet.cutover_watch w on w.migration_id = m.id
            where m.state not in ('CONTRACTED', 'ABORTED') order by m.id desc limit :most
            """;

    private final Database database;
    private final ListJobs jobs;
    private final PostgresVerdicts verdicts;

    public PostgresFigures(Database database) {
        this.database = database;
        this.jobs = new ListJobs(new PostgresQueries(database));
        this.verdicts = new PostgresVerdicts(database);
    }

    @Override
    public LeaderMetrics.Fleet read() {
        var listed = jobs.run(false);
        var gates = gates();
        return database.jdbi().inTransaction(handle -> {
            ShardSums.forceIndexes(handle);
            return new LeaderMetrics.Fleet(listed, runnable(handle), gates, migrations(handle));
        });
    }

    private static int runnable(Handle handle) {
        return handle.createQuery(RUNNABLE).mapTo(Integer.class).one();
    }

    private static List<LiveMigration> migrations(Handle handle) {
        return handle.createQuery(MIGRATIONS)
                .bind("most", BoundedLabel.JOBS)
                .map((row, context) -> new LiveMigration(
                        row.getString("name"),
                        MigrationState.valueOf(row.getString("state")),
                        row.getDouble("percent"),
                        row.getBoolean("taken_back"),
                        watched(row.getString("watch"), row.getBoolean("fresh"))))
                .list();
    }

    private static List<WatchedPoint> watched(@Nullable String watch, boolean fresh) {
        return watch == null
                ? List.of()
                : CutoverWatch.JSON.read(watch).signals().stream()
                        .map(signal -> new WatchedPoint(
                                signal.signal(),
                                fresh && signal.level() != SignalLevel.UNREADABLE ? signal.level() : null))
                        .toList();
    }

    private List<Gate> gates() {
        var facts = verdicts.newest(BoundedLabel.JOBS);
        var intervals = facts.isEmpty() ? Map.<Long, Long>of() : intervals();
        return facts.stream()
                .map(one -> new Gate(one.answer(null, Optional.empty()), intervals.get(one.job())))
                .toList();
    }

    private Map<Long, Long> intervals() {
        return database.jdbi().withHandle(handle -> handle.createQuery(INTERVALS)
                .setMapKeyColumn("job_id")
                .setMapValueColumn("every_seconds")
                .collectInto(new GenericType<Map<Long, Long>>() {}));
    }
}
