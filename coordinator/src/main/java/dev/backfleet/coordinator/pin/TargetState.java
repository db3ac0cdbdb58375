package dev.backfleet.coordinator.pin;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalog says of a table that is to take copies, beside the facts of every table.
 *
 * @param collations the collation of each column that has one, as it is written in SQL
 * @param always the columns that are identities GENERATED ALWAYS
 * @param required the columns that can be neither NULL nor left out
 * @param rule a rule that would rewrite the statements of the job, in words; nothing if there is none
 */
public record TargetState(
        Map<String, String> collations, Set<String> always, Set<String> required, Optional<String> rule) {

    /** Copies the collections. */
    public TargetState {
        collations = Map.copyOf(collations);
        always = Set.copyOf(always);
        required = Set.copyOf(required);
    }
}
