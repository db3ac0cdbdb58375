package dev.backfleet.common.job;

import dev.backfleet.common.stored.StoredJson;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The waves in which a job processes its tenants or shards, and when the next wave begins.
 *
 * @param waves the waves in their order; the last one covers all remaining rows
 * @param promote when the next wave begins
 * @param soak how long the shards of a wave must have been DONE before the next wave begins automatically
 * @param reconcile whether a wave that is done is reconciled after that time, and the next one begins automatically only if all rows
 *     of the waves so far are as they should be; null: in a spec, as the submission decides; stored, as false
 */
public record Rollout(
        List<Wave> waves,
        Promotion promote,
        Duration soak,
        @Nullable Boolean reconcile) {

    /** The stored form; PostgreSQL reads its duration as an interval. */
    public static final StoredJson<Rollout> JSON = new StoredJson<>("rollout", 1, Rollout.class);

    /** Checks that every row is in a wave. */
    public Rollout {
        waves = List.copyOf(waves);
        if (waves.isEmpty() || waves.get(waves.size() - 1).percent() != Wave.ALL) {
            throw new IllegalArgumentException("the last wave must cover all remaining rows");
        }
    }

    /** The same with or without a reconcile of each wave. */
    public Rollout reconciling(boolean each) {
        return new Rollout(waves, promote, soak, each);
    }

    /** Whether a wave that is done is reconciled. */
    public boolean reconciles() {
        return Boolean.TRUE.equals(reconcile);
    }

    /** When the next wave begins. */
    public enum Promotion {
        /** When an operator promotes the job. */
        MANUAL,
        /** When the wave is done, none of its shards FAILED, the soak time is over, and its reconcile, if any, has found nothing. */
        AUTO
    }

    /**
     * One wave: certain tenants, or everything up to a share of the rest.
     *
     * @param tenants whose rows are in it, as text; empty if the wave is a share
     * @param percent up to which share of all rows that are not in waves of tenants; 0 if the wave is tenants
     */
    public record Wave(List<String> tenants, int percent) {
        static final int ALL = 100;

        /** Checks that the wave is either tenants or a share. */
        public Wave {
            tenants = List.copyOf(tenants);
            if (tenants.isEmpty() == (percent == 0) || percent < 0 || percent > ALL) {
                throw new IllegalArgumentException("a wave is either tenants or a share");
            }
        }
    }
}
