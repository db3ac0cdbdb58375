package dev.backfleet.common.job;

import dev.backfleet.common.stored.StoredJson;
import java.time.Duration;
import java.util.List;

/**
 * In which waves a job goes through its tenants or shards, and what lets the next one begin.
 *
 * @param waves the waves in their order; the last one takes all that is left
 * @param promote what lets the next wave begin
 * @param soak how long the shards of a wave must have been DONE before the next one begins by itself
 */
public record Rollout(List<Wave> waves, Promotion promote, Duration soak) {

    /** How a rollout is stored; PostgreSQL reads its duration as an interval. */
    public static final StoredJson<Rollout> JSON = new StoredJson<>("rollout", 1, Rollout.class);

    /** Checks that all rows are in some wave, and copies the list. */
    public Rollout {
        waves = List.copyOf(waves);
        if (waves.isEmpty() || waves.get(waves.size() - 1).percent() != Wave.ALL) {
            throw new IllegalArgumentException("the last wave must take all that is left");
        }
    }

    /** What lets the next wave begin. */
    public enum Promotion {
        /** Somebody says so. */
        MANUAL,
        /** The wave is done, no shard of it FAILED, and the soak time is over. */
        AUTO
    }

    /**
     * One wave: certain tenants, or everything up to a share of the rest.
     *
     * @param tenants whose rows are in it, as text; empty if it is a share
     * @param percent up to which share of all rows outside of waves of tenants; 0 if it is tenants
     */
    public record Wave(List<String> tenants, int percent) {
        static final int ALL = 100;

        /** Checks that it is either, and copies the list. */
        public Wave {
            tenants = List.copyOf(tenants);
            if (tenants.isEmpty() == (percent == 0) || percent < 0 || percent > ALL) {
                throw new IllegalArgumentException("a wave is either tenants or a share");
            }
        }
    }
}
