package dev.backfleet.coordinator.migration.contract;

import org.jspecify.annotations.Nullable;

/**
 * What is stored with a step at the end of a migration, in its transaction.
 *
 * @param deployed the version that the actor says is deployed everywhere; null: says nothing
 * @param reason why the step is taken back, as a clause; null: it was asked for
 */
public record StepWords(@Nullable String deployed, @Nullable String reason) {
    /** Nothing but the audit. */
    public static final StepWords NONE = new StepWords(null, null);

    static StepWords deployed(@Nullable String version) {
        return new StepWords(version, null);
    }

    static StepWords reason(String reason) {
        return new StepWords(null, reason);
    }
}
