package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.measure.Gauge;
import java.util.Map;
import java.util.stream.Collectors;

/** The counts in the checkpoints. */
public final class PostgresCounts implements Gauge.Counts {

    private static final String CHANGED = """
            select j.id, coalesce(sum(s.rows_changed), 0)::bigint as changed,
                   coalesce(sum(s.rows_walked), 0)::bigint as walked
            from backfleet.job j left join backfleet.shard s on s.job_id = j.id
            where j.state = 'RUNNING'
            group by j.id
            """;

    private static final String STORE = """
            update backfleet.job set rows_per_second = :changed, walked_per_second = :walked, measured_at = now()
            where id = :job and state = 'RUNNING'
            """;

    private final Database database;

    /** Creates it. */
    public PostgresCounts(Database database) {
        this.database = database;
    }

    @Override
    public Map<Long, Gauge.Count> counts() {
        return database.jdbi().withHandle(handle -> handle.createQuery(CHANGED)
                .map((row, context) ->
                        Map.entry(row.getLong("id"), new Gauge.Count(row.getLong("changed"), row.getLong("walked"))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Override
    public void store(long job, Gauge.Speed speed) {
        database.jdbi().useHandle(handle -> handle.createUpdate(STORE)
                .bind("changed", speed.changed())
                .bind("walked", speed.walked())
                .bind("job", job)
                .execute());
    }
}
