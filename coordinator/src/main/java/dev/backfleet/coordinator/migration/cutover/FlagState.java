package dev.backfleet.coordinator.migration.cutover;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flag as it is stored, in the order of the JSON output; names and order are an interface.
 *
 * @param on whether anybody reads the new shape
 * @param percent the share of tenants that does, besides those that are named
 * @param tenants those that are named, with what holds for them
 * @param version raised by each change
 * @param reason why it was changed last; null: not said
 */
public record FlagState(
        String name,
        boolean on,
        BigDecimal percent,
        Map<String, Boolean> tenants,
        long version,
        Instant changedAt,
        String changedBy,
        @Nullable String reason) {
    private static final BigDecimal ALL = BigDecimal.valueOf(100);

    public FlagState {
        tenants = Map.copyOf(tenants);
    }

    /** In words, such as {@code ON, 5 %, 2 tenants named}. */
    public String words() {
        if (!on) {
            return "OFF";
        }
        var yes = tenants.values().stream().filter(value -> value).count();
        var no = tenants.size() - yes;
        return "ON, " + percent.stripTrailingZeros().toPlainString() + " %"
                + (yes == 0 ? "" : ", with " + count(yes, "tenant") + " by name")
                + (no == 0 ? "" : ", without " + count(no, "tenant"));
    }

    /**
     * The tenants that alone are in the way of the end of the cutover, in order: the share is all, and they go on with the old shape by name. No
     * step is left that would switch them.
     */
    public List<String> heldBackAtLast() {
        return on && percent.compareTo(ALL) >= 0
                ? tenants.entrySet().stream()
                        .filter(tenant -> !tenant.getValue())
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList()
                : List.of();
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
