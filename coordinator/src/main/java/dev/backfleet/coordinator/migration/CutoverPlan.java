package dev.backfleet.coordinator.migration;

import dev.backfleet.common.job.Rollout.Wave;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The steps in which reads are switched to the new shape.
 *
 * @param steps which tenants, or up to which share of all, read the new shape after each; the last one is all
 * @param soak how long a step must have been on before the next one
 * @param promotion who takes the steps after the first one
 * @param abort which signals speak against a step
 */
public record CutoverPlan(List<Wave> steps, Duration soak, Promotion promotion, AbortRules abort) {
    /** The usual steps. */
    public static final List<Wave> USUAL = Stream.of(10, 25, 50, 75, 100)
            .map(share -> new Wave(List.of(), share))
            .toList();

    public CutoverPlan {
        steps = List.copyOf(steps);
    }

    /** Who takes the steps after the first one, which a person takes. */
    public enum Promotion {
        /** A person. */
        MANUAL,
        /** The leading coordinator, when the soak time is over and no signal speaks against it. */
        AUTO
    }
}
