package dev.backfleet.standalone.chaos.site;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets a standby take over from a primary that is killed with commits that the standby does not have. */
public final class Failovers {
    private static final String WRITES = "select coalesce(sum(tally), 0)::bigint from items";
    private static final String CHANGES = "select coalesce(sum(rows_changed), 0) from backfleet.shard";
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Site site;
    private final LostTail tail;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong lostWrites = new AtomicLong();
    private final AtomicLong lostChanges = new AtomicLong();
    private final AtomicLong toCome = new AtomicLong();

    public Failovers(Site site, LostTail tail) {
        this.site = site;
        this.tail = tail;
    }

    /** Has a standby follow from the beginning, if one will be needed. */
    public void prepare(long expected) {
        toCome.set(expected);
        if (expected > 0) {
            site.addStandby(false);
        }
    }

    /**
     * Kills the primary, lets the standby take over so much later, and has another standby follow if one will be needed. What was
     * acknowledged before is not lost; some of what is acknowledged meanwhile is.
     */
    public void failOver(long millis) throws SQLException {
        tail.steady().lock();
        try {
            // Nothing that counts as kept is acknowledged from here on; what was before, the standby gets.
            tail.begin();
            awaitStandby();
            site.cutReplication();
            var lost = awaitLostWrites();
            site.postgres().stopImmediately();
            Rest.millis(millis);
            var former = site.promote();
            tail.end();
            noteLoss(lost);
            site.lead();
            former.close();
        } finally {
            tail.steady().unlock();
        }
        done.incrementAndGet();
        if (toCome.decrementAndGet() > 0) {
            site.addStandby(false);
        }
    }

    private void awaitStandby() throws SQLException {
        try (var primary = new Sql(site.postgres().jdbcUrl("postgres"));
                var standby = new Sql(site.standby().jdbcUrl("postgres"))) {
            var place = primary.texts("select pg_current_wal_insert_lsn()").get(0);
            await(
                    "the standby does not get what is committed",
                    () -> standby.number(
                                    "select case when pg_last_wal_receive_lsn() >= '" + place + "' then 1 else 0 end")
                            == 1);
        }
    }

    // Committed and acknowledged on the primary, by the application and, if a job runs, by the fleet.
    private long[] awaitLostWrites() throws SQLException {
        try (var primary = new Sql(site.postgres().jdbcUrl("postgres"))) {
            var written = primary.number(WRITES);
            var changed = primary.number(CHANGES);
            var soon = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            await(
                    "the application writes nothing",
                    () -> primary.number(WRITES) > written
                            && (primary.number(CHANGES) > changed || System.nanoTime() > soon));
            return new long[] {primary.number(WRITES), primary.number(CHANGES)};
        }
    }

    private void noteLoss(long[] committed) throws SQLException {
        try (var primary = new Sql(site.postgres().jdbcUrl("postgres"))) {
            var writes = committed[0] - primary.number(WRITES);
            if (writes <= 0) {
                throw new AssertionError("the standby lacks nothing");
            }
            lostWrites.addAndGet(writes);
            lostChanges.addAndGet(committed[1] - primary.number(CHANGES));
        }
    }

    private static void await(String otherwise, Condition condition) throws SQLException {
        var end = System.nanoTime() + TIMEOUT_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(otherwise);
            }
            Rest.millis(10);
        }
    }

    @Override
    public String toString() {
        return "%s failovers: at least %s added by writes of the application and %s changes of rows were lost with primaries"
                .formatted(done, lostWrites, lostChanges);
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }
}
