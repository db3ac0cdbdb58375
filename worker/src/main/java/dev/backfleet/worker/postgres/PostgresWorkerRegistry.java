package dev.backfleet.worker.postgres;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.worker.execute.RecentBatches;
import dev.backfleet.worker.report.WorkerRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The worker's row in the control schema. */
public final class PostgresWorkerRegistry implements WorkerRegistry {

    // The row as it was before shows whether another process has the same id.
    private static final String HEARTBEAT = """
            with before as (select host, pid from backfleet.worker where id = :id)
            insert into backfleet.worker as w (id, host, pid, slots, taking, not_accepting, not_accepting_since, lock_tries)
            values (:id, :host, :pid, :slots, :reason::text is null, :reason, now() - make_interval(secs => :age), :tries::jsonb)
            on conflict (id) do update
            set host = excluded.host, pid = excluded.pid, slots = excluded.slots, taking = excluded.taking,
                not_accepting = excluded.not_accepting, not_accepting_since = excluded.not_accepting_since,
                lock_tries = excluded.lock_tries,
                started_at = case when w.pid = excluded.pid then w.started_at else now() end, seen_at = now()
            returning (select b.host || ' process ' || b.pid from before b where (b.host, b.pid) <> (w.host, w.pid))
            """;

    private static final String REMOVE = "delete from backfleet.worker where id = :id and pid = :pid";

    private final Database database;
    private final Identity identity;
    private final Supplier<Map<Long, RecentBatches.Count>> recent;
    private boolean stored;

    /**
     * Of one worker.
     *
     * @param recent the jobs of which batches did not get their locks in the last seconds, or were slow
     */
    public PostgresWorkerRegistry(
            Database database, Identity identity, Supplier<Map<Long, RecentBatches.Count>> recent) {
        this.database = database;
        this.identity = identity;
        this.recent = recent;
    }

    @Override
    public Optional<String> heartbeat(Optional<Suspension> suspension) {
        var before = database.jdbi().withHandle(handle -> handle.createQuery(HEARTBEAT)
                .bind("id", identity.id())
                .bind("host", identity.host())
                .bind("pid", identity.pid())
                .bind("slots", identity.slots())
                .bind("reason", suspension.map(PostgresWorkerRegistry::stored).orElse(null))
                .bind(
                        "age",
                        suspension.map(why -> why.age().toMillis() / 1000.0).orElse(null))
                .bind("tries", stored(recent.get()))
                .mapTo(String.class)
                .findOne());
        // Before the first heartbeat, it is the row of the process that this one replaces.
        var other = stored ? before : Optional.<String>empty();
        stored = true;
        return other;
    }

    // A database that stores this is no longer read-only, as the next probe will find: the column needs no value of its
    // own.
    private static String stored(Suspension suspension) {
        var reason = suspension.reason();
        return (reason == NotAccepting.DATABASE_READ_ONLY ? NotAccepting.DATABASE_UNREACHABLE : reason).name();
    }

    // {"7": [34, 39, 2]}: of the last 39 batches of job 7, 34 did not get their locks, and 2 were slow. Coordinators of
    // the
    // version before read the first two.
    private static @Nullable String stored(Map<Long, RecentBatches.Count> counts) {
        return counts.isEmpty()
                ? null
                : counts.entrySet().stream()
                        .map(entry -> "\"" + entry.getKey() + "\": ["
                                + entry.getValue().failed() + ", "
                                + entry.getValue().all() + ", "
                                + entry.getValue().slow() + "]")
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    @Override
    public void remove() {
        database.jdbi().useHandle(handle -> handle.createUpdate(REMOVE)
                .bind("id", identity.id())
                .bind("pid", identity.pid())
                .execute());
    }

    /**
     * What identifies the worker.
     *
     * @param id its id, unique in the fleet
     * @param host the machine or container it runs in
     * @param pid its process there
     * @param slots how many shards it works on at the same time
     */
    public record Identity(String id, String host, long pid, int slots) {}
}
