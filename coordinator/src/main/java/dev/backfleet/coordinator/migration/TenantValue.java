package dev.backfleet.coordinator.migration;

import dev.backfleet.common.unit.Shown;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a text is as a tenant of a table.
 *
 * @param tenant the text
 * @param column the column of tenants, as SQL writes it
 * @param type its type
 * @param written how PostgreSQL writes the value, as a flag and a reconcile name it; null: the text is no value of the type
 * @param rows whether the table has rows of it
 */
public record TenantValue(
        String tenant, String column, String type, @Nullable String written, Rows rows) {

    /** Why no row can have this tenant, as a clause; nothing if one can. */
    public Optional<String> problem() {
        if (written == null) {
            return Optional.of("the tenant " + shown() + " is no value of the type " + type + ", which the column "
                    + column + " has");
        }
        return written.equals(tenant)
                ? Optional.empty()
                : Optional.of("the tenant " + shown() + " is not as the column " + column + " of the type " + type
                        + " writes it, and a flag compares texts");
    }

    /** What helps against the problem. */
    public String remedy() {
        return written == null ? "write a value of " + column : "write " + Shown.text(written);
    }

    /** The text, as messages show it. */
    public String shown() {
        return Shown.text(tenant);
    }

    /** Whether a table has rows of a tenant. */
    public enum Rows {
        /** At least one. */
        SOME,
        /** None. */
        NONE,
        /** It cannot be told at once. */
        UNKNOWN
    }
}
