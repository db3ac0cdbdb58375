package dev.backfleet.coordinator.duty;

import java.util.List;

/** The duty of looking, before a job ends, at what it has left out. */
public final class CompletenessCheck {
    private final Ends ends;
    private final EachJob each;

    /** Creates it. */
    public CompletenessCheck(Ends ends, EachJob each) {
        this.ends = ends;
        this.each = each;
    }

    /**
     * Looks at every job whose shards are done and that was not looked at yet.
     *
     * @param looked is called after each
     */
    public void runOnce(Runnable looked) {
        for (var job : ends.through()) {
            each.run(job, () -> {
                ends.look(job);
                looked.run();
            });
        }
    }

    /** The jobs that are about to end. */
    public interface Ends {
        /** The jobs that are RUNNING, have no open shard, and wait for a look. */
        List<Long> through();

        /** Looks at a job and stores what it has left out; then it may end. */
        void look(long job);
    }
}
