package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.lead.Leadership;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.JdbiException;

/** The leader lease: one row, on the database's clock. */
public final class PostgresLeadership implements Leadership.Lease {

    // A renewal keeps the epoch; a new term, even of the same coordinator, gets a new one.
    private static final String TAKE_OR_RENEW = """
            update backfleet.leader
            set epoch = case when instance = :instance and lease_until > clock_timestamp() then epoch
                             else backfleet.next_epoch(epoch) end,
                coordinator = :me, instance = :instance,
                lease_until = clock_timestamp() + make_interval(secs => :length)
            where instance = :instance or lease_until < clock_timestamp()
            returning epoch
            """;

    private static final String GIVE_BACK = """
            update backfleet.leader set lease_until = '-infinity' where instance = :instance
            """;

    private final Database database;
    private final String me;

    // Two coordinators may be configured with the same id: the lease belongs to a process.
    private final String instance = UUID.randomUUID().toString();

    /** @param me this coordinator's id */
    public PostgresLeadership(Database database, String me) {
        this.database = database;
        this.me = me;
    }

    @Override
    public OptionalLong takeOrRenew(Duration length) {
        try {
            return request(length);
        } catch (JdbiException e) {
            throw CommitWait.explain(e, database)
                    .map(RuntimeException.class::cast)
                    .orElse(e);
        }
    }

    private OptionalLong request(Duration length) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(TAKE_OR_RENEW)
                        .bind("me", me)
                        .bind("instance", instance)
                        .bind("length", length.toMillis() / 1000.0)
                        .mapTo(Long.class)
                        .findOne())
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    @Override
    public void giveBack() {
        database.jdbi().useHandle(handle -> handle.createUpdate(GIVE_BACK)
                .bind("instance", instance)
                .execute());
    }
}
