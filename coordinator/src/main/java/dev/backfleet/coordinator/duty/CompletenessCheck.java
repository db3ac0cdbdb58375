package dev.backfleet.coordinator.duty;

import java.util.List;

/** The duty of checking, before a job ends, which rows it has left out. */
public final class CompletenessCheck {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "the completeness check";

    private final Ends ends;
    private final EachJob each;

    public CompletenessCheck(Ends ends, EachJob each) {
        this.ends = ends;
        this.each = each;
    }

    /**
     * Checks every job whose shards are done and that has not been checked yet.
     *
     * @param checked is called after each check
     */
    public void runOnce(Runnable checked) {
        for (var job : ends.through()) {
            each.run(job, () -> {
                ends.look(job);
                checked.run();
            });
        }
    }

    /** The jobs that are about to end. */
    public interface Ends {
        /** The jobs that are RUNNING, have no open shard, and have not been checked. */
        List<Long> through();

        /** Checks a job and stores what it has left out; after that the job may end. */
        void look(long job);
    }
}
