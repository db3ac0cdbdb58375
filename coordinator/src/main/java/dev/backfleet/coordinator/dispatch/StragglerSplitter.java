package dev.backfleet.coordinator.dispatch;

import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.duty.EachJob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of splitting the last shards of a job while slots are idle. */
public final class StragglerSplitter {
    private static final Logger LOG = LoggerFactory.getLogger(StragglerSplitter.class);

    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "splitting";

    private final Dispatcher.DispatchQueue queue;
    private final Splits splits;
    private final EachJob each;

    public StragglerSplitter(Dispatcher.DispatchQueue queue, Splits splits, EachJob each) {
        this.queue = queue;
        this.splits = splits;
        this.each = each;
    }

    /**
     * Splits shards if slots are idle.
     *
     * @return whether there are new shards to dispatch
     */
    public boolean runOnce() {
        var any = false;
        for (var grant : Stragglers.choose(queue.load())) {
            int done = each.run(grant.job(), () -> splits.splitRunning(grant.job(), grant.tasks()), 0);
            if (done > 0) {
                any = true;
                LOG.atInfo()
                        .addKeyValue("job", grant.job())
                        .addKeyValue("splits", done)
                        .addKeyValue("action", EventAction.SHARD_SPLIT)
                        .log("stragglers split: slots were idle");
            }
        }
        return any;
    }

    /** Splits shards that are running. */
    @FunctionalInterface
    public interface Splits {
        /**
         * Splits up to {@code count} RUNNING shards of a job, each in about the middle of its remaining range, and none that
         * has too little left.
         *
         * @return how many were split
         */
        int splitRunning(long job, int count);
    }
}
