package dev.backfleet.coordinator.migration.flag;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All flags in the format of flagd. Tenants by name are exact. A percentage has the same share, of other tenants: flagd has a bucket law
 * of its own.
 *
 * @param schema of flagd
 * @param flags by name
 */
public record FlagdDocument(@JsonProperty("$schema") String schema, Map<String, FlagdFlag> flags) {
    private static final String SCHEMA = "https://flagd.dev/schema/v0/flags.json";
    private static final String ON = "on";
    private static final String OFF = "off";
    private static final BigDecimal ALL = new BigDecimal(100);

    /** The document of these flags. */
    public static FlagdDocument of(List<FlagState> flags) {
        var byName = new LinkedHashMap<String, FlagdFlag>();
        flags.forEach(flag -> byName.put(flag.name(), flag(flag)));
        return new FlagdDocument(SCHEMA, byName);
    }

    // Never DISABLED: flagd's clients would then use the caller's default, which may be true.
    private static FlagdFlag flag(FlagState flag) {
        return new FlagdFlag(
                "ENABLED",
                Map.of(ON, true, OFF, false),
                flag.on() && flag.percent().compareTo(ALL) == 0 ? ON : OFF,
                flag.on() ? targeting(flag) : Map.of(),
                Map.of("version", flag.version()));
    }

    private static Map<String, Object> targeting(FlagState flag) {
        var arms = new ArrayList<Object>();
        addTenants(arms, flag, true, ON);
        addTenants(arms, flag, false, OFF);
        var share = share(flag.percent());
        if (share == null) {
            if (arms.isEmpty()) {
                return Map.of();
            }
            // Without a last arm the default variant holds.
            return Map.of("if", arms);
        }
        if (arms.isEmpty()) {
            return share;
        }
        arms.add(share);
        return Map.of("if", arms);
    }

    private static void addTenants(List<Object> arms, FlagState flag, boolean value, String variant) {
        var tenants = flag.tenants().entrySet().stream()
                .filter(tenant -> tenant.getValue() == value)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!tenants.isEmpty()) {
            arms.add(Map.of("in", List.of(Map.of("var", "targetingKey"), tenants)));
            arms.add(variant);
        }
    }

    // Weights are whole numbers; null: all or none, which the default variant says.
    private static @Nullable Map<String, Object> share(BigDecimal percent) {
        if (percent.signum() == 0 || percent.compareTo(ALL) == 0) {
            return null;
        }
        var whole = percent.stripTrailingZeros().scale() <= 0;
        var on = whole ? percent.intValueExact() : percent.movePointRight(2).intValueExact();
        var all = whole ? 100 : 10_000;
        return Map.of("fractional", List.of(List.of(ON, on), List.of(OFF, all - on)));
    }

    /**
     * One flag.
     *
     * @param state always ENABLED
     * @param variants the values
     * @param defaultVariant what holds if the targeting decides nothing
     * @param targeting rules in JsonLogic
     * @param metadata the flag's version
     */
    public record FlagdFlag(
            String state,
            Map<String, Boolean> variants,
            String defaultVariant,
            Map<String, Object> targeting,
            Map<String, Long> metadata) {}
}
