package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of finding lost work: shards whose lease has expired, and tasks that no worker has claimed. */
public final class Reaper {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final int PATIENCE_WHEN_BUSY = 12;

    private final Leases leases;
    private final Duration redispatchAfter;

    /**
     * @param redispatchAfter how old an unclaimed task may become while slots are free; while all slots are busy, twelve
     *     times as old, since it is probably not lost, but waits in the queue
     */
    public Reaper(Leases leases, Duration redispatchAfter) {
        this.leases = leases;
        this.redispatchAfter = redispatchAfter;
    }

    /** Makes lost shards PENDING again. */
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
                    .addKeyValue("action", EventAction.SHARD_RECLAIMED)
                    .log("shard is pending again");
        }
    }

    /** The leases of running shards, and the tasks that are not claimed yet. */
    public interface Leases {
        /** Makes RUNNING shards PENDING whose lease has expired. */
        List<ShardId> reapExpired();

        /** Makes shards PENDING that were dispatched longer than {@code age} ago. */
        List<ShardId> reapUnclaimed(Duration age);

        /** Whether a worker that accepts tasks has a free slot. */
        boolean slotsAreFree();
    }
}
