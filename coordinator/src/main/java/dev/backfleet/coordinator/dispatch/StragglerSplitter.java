package dev.backfleet.coordinator.dispatch;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.Problems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of splitting the last shards of a job while slots are idle. */
public final class StragglerSplitter {
    private static final Logger LOG = LoggerFactory.getLogger(StragglerSplitter.class);
    private static final String WHAT = "splitting";

    private final Dispatcher.Board board;
    private final Splits splits;
    private final EachJob each;

    /** Creates it; a split that fails ends the round. */
    public StragglerSplitter(Dispatcher.Board board, Splits splits) {
        this(board, splits, EachJob.plainly(WHAT));
    }

    /** Creates it. */
    public StragglerSplitter(Dispatcher.Board board, Splits splits, Problems problems, Ticker ticker) {
        this(board, splits, new EachJob(WHAT, problems, ticker));
    }

    private StragglerSplitter(Dispatcher.Board board, Splits splits, EachJob each) {
        this.board = board;
        this.splits = splits;
        this.each = each;
    }

    /**
     * Splits what is worth it.
     *
     * @return whether there is anything new to dispatch
     */
    public boolean runOnce() {
        var any = false;
        for (var grant : Stragglers.choose(board.load())) {
            int done = each.run(grant.job(), () -> splits.splitRunning(grant.job(), grant.tasks()), 0);
            if (done > 0) {
                any = true;
                LOG.atInfo()
                        .addKeyValue("job", grant.job())
                        .addKeyValue("splits", done)
                        .log("stragglers split: slots were idle");
            }
        }
        return any;
    }

    /** Splitting shards that are being worked on. */
    @FunctionalInterface
    public interface Splits {
        /**
         * Splits up to {@code count} RUNNING shards of a job, each in about the middle of what is left of it, and none that
         * has too little left for that.
         *
         * @return how many were split
         */
        int splitRunning(long job, int count);
    }
}
