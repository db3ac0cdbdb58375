package dev.backfleet.worker.postgres;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.worker.report.WorkerRegistry;
import java.util.Optional;

/** The worker's row in the control schema. */
public final class PostgresWorkerRegistry implements WorkerRegistry {

    // What was there before tells whether another process has the same id.
    private static final String SEEN = """
            with before as (select host, pid from backfleet.worker where id = :id)
            insert into backfleet.worker as w (id, host, pid, slots, taking, not_accepting, not_accepting_since)
            values (:id, :host, :pid, :slots, :reason::text is null, :reason, now() - make_interval(secs => :age))
            on conflict (id) do update
            set host = excluded.host, pid = excluded.pid, slots = excluded.slots, taking = excluded.taking,
                not_accepting = excluded.not_accepting, not_accepting_since = excluded.not_accepting_since,
                started_at = case when w.pid = excluded.pid then w.started_at else now() end, seen_at = now()
            returning (select b.host || ' process ' || b.pid from before b where (b.host, b.pid) <> (w.host, w.pid))
            """;

    private static final String GONE = "delete from backfleet.worker where id = :id and pid = :pid";

    private final Database database;
    private final Identity identity;
    private boolean stored;

    /** Creates it. */
    public PostgresWorkerRegistry(Database database, Identity identity) {
        this.database = database;
        this.identity = identity;
    }

    @Override
    public Optional<String> seen(Optional<Suspension> suspension) {
        var before = database.jdbi().withHandle(handle -> handle.createQuery(SEEN)
                .bind("id", identity.id())
                .bind("host", identity.host())
                .bind("pid", identity.pid())
                .bind("slots", identity.slots())
                .bind("reason", suspension.map(PostgresWorkerRegistry::stored).orElse(null))
                .bind(
                        "age",
                        suspension.map(why -> why.age().toMillis() / 1000.0).orElse(null))
                .mapTo(String.class)
                .findOne());
        // At first it is the process whose place this one has taken.
        var other = stored ? before : Optional.<String>empty();
        stored = true;
        return other;
    }

    // A database that stores this is read-only no more, which the next probe finds out: no state of its own is needed.
    private static String stored(Suspension suspension) {
        var reason = suspension.reason();
        return (reason == NotAccepting.DATABASE_READ_ONLY ? NotAccepting.DATABASE_UNREACHABLE : reason).name();
    }

    @Override
    public void gone() {
        database.jdbi().useHandle(handle -> handle.createUpdate(GONE)
                .bind("id", identity.id())
                .bind("pid", identity.pid())
                .execute());
    }

    /**
     * Who the worker is.
     *
     * @param id its id, unique in the fleet
     * @param host the machine or container it runs in
     * @param pid its process there
     * @param slots how many shards it works on at a time
     */
    public record Identity(String id, String host, long pid, int slots) {}
}
