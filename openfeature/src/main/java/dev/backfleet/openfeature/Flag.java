package dev.backfleet.openfeature;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A flag as it was read, with the rules in the order of the control schema's {@code backfleet.flag}: OFF, the tenant's row, the percentage. */
public final class Flag {
    /** The stage of a tenant that reads the new shape. */
    static final String ON_STAGE = "rampdown";

    /** The stage after the old shape was dropped, whatever the flag says. */
    static final String LAST_STAGE = "complete";

    private final String name;
    private final String stage;
    private final boolean on;
    private final int buckets;
    private final long version;
    private final Map<String, Boolean> tenants;

    /**
     * One flag.
     *
     * @param stage of its migration, for a tenant that reads the old shape: off, dualwrite or complete
     * @param on false: no tenant reads the new shape
     * @param percent of all tenants, 0 to 100 with at most two digits after the point
     * @param version raised by each change of the flag or its tenants
     * @param tenants what holds for single tenants, whatever the percentage
     */
    public Flag(String name, String stage, boolean on, BigDecimal percent, long version, Map<String, Boolean> tenants) {
        this.name = name;
        this.stage = stage;
        this.on = on;
        this.buckets = percent.movePointRight(2).intValueExact();
        this.version = version;
        this.tenants = Map.copyOf(tenants);
    }

    /** The same with the tenants of another reading of its version. */
    public Flag withTenantsOf(Flag other) {
        return new Flag(name, stage, on, BigDecimal.valueOf(buckets, 2), version, other.tenants);
    }

    public String name() {
        return name;
    }

    /** Raised by each change of the flag or its tenants. */
    public long version() {
        return version;
    }

    /** Whether an application has to look again: the version or the migration's stage differs. */
    boolean differsFrom(Flag other) {
        return version != other.version || !stage.equals(other.stage);
    }

    /**
     * Whether a tenant reads the new shape.
     *
     * @param tenant null: none was said, and only 100 % includes it
     */
    // This module is compiled for Java 11, which has no switch expressions.
    @SuppressWarnings("StatementSwitchToExpressionSwitch")
    boolean isOn(@Nullable String tenant) {
        switch (rule(tenant)) {
            case OFF:
                return false;
            case TENANT:
                return Boolean.TRUE.equals(own(tenant));
            default:
                return buckets == Bucket.COUNT || (tenant != null && Bucket.of(name, tenant) < buckets);
        }
    }

    /** The stage of a tenant, in the words of LaunchDarkly's migration flags: off, dualwrite, rampdown or complete. */
    String stage(@Nullable String tenant) {
        return isOn(tenant) && !stage.equals(LAST_STAGE) ? ON_STAGE : stage;
    }

    /** Which rule decides for a tenant. */
    Rule rule(@Nullable String tenant) {
        if (!on) {
            return Rule.OFF;
        }
        if (own(tenant) != null) {
            return Rule.TENANT;
        }
        return buckets == 0 || buckets == Bucket.COUNT ? Rule.ALL : Rule.PERCENT;
    }

    private @Nullable Boolean own(@Nullable String tenant) {
        return tenant == null ? null : tenants.get(tenant);
    }

    /** What decides for a tenant. */
    enum Rule {
        /** The whole flag is off. */
        OFF,
        /** The tenant's own row. */
        TENANT,
        /** The tenant's bucket. */
        PERCENT,
        /** The percentage, which includes all or none. */
        ALL
    }
}
