package dev.backfleet.common.health;

import java.util.HashSet;
import java.util.List;

/**
 * The health of a process that has started: all that is registered.
 *
 * @param live its loops: if one of them does not move, only a restart helps
 * @param ready what it needs to do its work; a restart would not help
 */
public record Health(List<Check> live, List<Check> ready) {
    /** Nothing is checked. */
    public static final Health NONE = new Health(List.of(), List.of());

    public Health {
        live = List.copyOf(live);
        ready = List.copyOf(ready);
        refuseTwice(live);
        refuseTwice(ready);
    }

    // A person who reads the list could not tell which of them fails.
    private static void refuseTwice(List<Check> checks) {
        var names = new HashSet<String>();
        for (var check : checks) {
            if (!names.add(check.name())) {
                throw new IllegalArgumentException("two checks are named " + check.name());
            }
        }
    }
}
