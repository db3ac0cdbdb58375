package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.ShardId;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of finding what was lost: shards whose lease has expired, and tasks that nobody claimed. */
public final class Reaper {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final int PATIENCE_WHEN_BUSY = 12;

    private final Leases leases;
    private final Duration redispatchAfter;

    /**
     * Creates it.
     *
     * @param redispatchAfter how old an unclaimed task may get while slots are free; it may get twelve times as old
     *     while all slots are busy, since then it only waits for its turn
     */
    public Reaper(Leases leases, Duration redispatchAfter) {
        this.leases = leases;
        this.redispatchAfter = redispatchAfter;
    }

    /** Puts back what was lost. */
    public void runOnce() {
        report("lease expired", leases.reapExpired());
        var patience = leases.slotsAreFree() ? redispatchAfter : redispatchAfter.multipliedBy(PATIENCE_WHEN_BUSY);
        report("task never claimed", leases.reapUnclaimed(patience));
    }

    private static void report(String why, List<ShardId> shards) {
        for (var shard : shards) {
            LOG.atInfo()
                    .addKeyValue("job", shard.job())
                    .addKeyValue("shard", shard.number())
                    .addKeyValue("why", why)
                    .log("shard put back");
        }
    }

    /** The leases and tasks that are under way. */
    public interface Leases {
        /** Puts back RUNNING shards whose lease has expired. */
        List<ShardId> reapExpired();

        /** Puts back DISPATCHED shards that are older than {@code age}. */
        List<ShardId> reapUnclaimed(Duration age);

        /** Whether a worker that takes tasks has a slot free. */
        boolean slotsAreFree();
    }
}
