package dev.backfleet.common.job.kind;

import dev.backfleet.common.sql.Identifier;
import java.util.List;

/**
 * The table that takes copied rows.
 *
 * @param oid its OID, which survives renames
 * @param schema its schema's name when it was pinned
 * @param name its name when it was pinned
 * @param key the columns of a unique index, all NOT NULL, by which a row is found that is there already
 */
public record CopyTarget(long oid, String schema, String name, List<CopyKey> key) {

    /** Copies the list, which has at least one column. */
    public CopyTarget {
        key = List.copyOf(key);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("no key of " + name);
        }
    }

    /** Schema and name, both quoted. */
    public String quoted() {
        return Identifier.of(schema).quoted() + "." + Identifier.of(name).quoted();
    }

    /** Schema and name, each quoted where it must be: for people. */
    public String shown() {
        return Identifier.of(schema) + "." + Identifier.of(name);
    }
}
