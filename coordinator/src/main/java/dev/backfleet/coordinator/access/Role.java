package dev.backfleet.coordinator.access;

import java.util.Set;

/** What a client is trusted with. A client may have several. */
public enum Role {
    /** Reads, except keys of rows. */
    VIEWER,
    /** Reads everything. */
    OPERATOR;

    /** What it permits. */
    public Set<Permission> permissions() {
        return switch (this) {
            case VIEWER -> Set.of(Permission.READ);
            case OPERATOR -> Set.of(Permission.READ, Permission.READ_KEYS);
        };
    }
}
