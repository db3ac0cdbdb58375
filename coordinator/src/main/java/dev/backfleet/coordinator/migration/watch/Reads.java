package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.util.List;
import java.util.Map;

/**
 * Who reads the new shape.
 *
 * @param percent the share of tenants; 0 while the flag is OFF
 * @param tenants those that do by name, in order
 */
public record Reads(boolean on, double percent, List<String> tenants) {
    /** Nobody does. */
    public static final Reads NOBODY = new Reads(false, 0, List.of());

    /** Everybody does. So it is while the old columns have other names: that concerns all. */
    public static final Reads ALL = new Reads(true, 100, List.of());

    public Reads {
        tenants = List.copyOf(tenants);
    }

    /** Those of a flag. */
    public static Reads of(FlagState flag) {
        return flag.on()
                ? new Reads(
                        true,
                        flag.percent().doubleValue(),
                        flag.tenants().entrySet().stream()
                                .filter(Map.Entry::getValue)
                                .map(Map.Entry::getKey)
                                .sorted()
                                .toList())
                : NOBODY;
    }

    /** Whether somebody reads the new shape who did not before: a step was taken. */
    boolean widens(Reads before) {
        return on && (!before.on || percent > before.percent || !before.tenants.containsAll(tenants));
    }
}
