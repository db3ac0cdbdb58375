package dev.backfleet.standalone.postgres;

import dev.backfleet.common.postgres.Database;
import java.util.Map;
import java.util.stream.Collectors;

/** The shards that a worker held when it died, and whether other workers have continued them. */
public final class HeldShards {

    private static final String HELD = """
            select number, epoch from backfleet.shard where job_id = :job and worker = :worker and state = 'RUNNING'
            """;

    // A batch may have been in flight when its worker died, and may have been the shard's last.
    private static final String GONE_ON = """
            select count(*) from backfleet.shard s
            join unnest(cast(:numbers as integer[]), cast(:epochs as bigint[])) as held (number, epoch) on held.number = s.number
            where s.job_id = :job and (s.epoch > held.epoch or s.state = 'DONE')
            """;

    private final Database database;
    private final long job;
    private final Map<Integer, Long> epochs;

    private HeldShards(Database database, long job, Map<Integer, Long> epochs) {
        this.database = database;
        this.job = job;
        this.epochs = epochs;
    }

    /** What the worker holds now. */
    public static HeldShards of(Database database, long job, String worker) {
        return new HeldShards(database, job, database.jdbi().withHandle(handle -> handle.createQuery(HELD)
                .bind("job", job)
                .bind("worker", worker)
                .map((row, context) -> Map.entry(row.getInt("number"), row.getLong("epoch")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
    }

    /** How many there are. */
    public int count() {
        return epochs.size();
    }

    /** Whether each was claimed again, or needs no more work. */
    public boolean haveGoneOn() {
        return epochs.isEmpty()
                || database.jdbi().withHandle(handle -> handle.createQuery(GONE_ON)
                                .bind("job", job)
                                .bindArray(
                                        "numbers",
                                        Integer.class,
                                        epochs.keySet().toArray())
                                .bindArray("epochs", Long.class, epochs.values().toArray())
                                .mapTo(Integer.class)
                                .one())
                        == count();
    }
}
