package dev.backfleet.coordinator.ddl;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The modes of PostgreSQL's table locks, weakest first. Source: the table of conflicts in PostgreSQL's manual, "Explicit Locking". */
public enum LockMode {
    /** Of a SELECT. */
    ACCESS_SHARE,
    /** Of SELECT … FOR UPDATE, and of the table that a foreign key refers to while it is validated. */
    ROW_SHARE,
    /** Of INSERT, UPDATE and DELETE. */
    ROW_EXCLUSIVE,
    /** Of vacuum, and of changes that the application does not notice. */
    SHARE_UPDATE_EXCLUSIVE,
    /** Of CREATE INDEX: keeps writers out. */
    SHARE,
    /** Of CREATE TRIGGER and of a new foreign key: keeps writers out. */
    SHARE_ROW_EXCLUSIVE,
    /** Of REFRESH MATERIALIZED VIEW CONCURRENTLY: keeps all but plain reads out. */
    EXCLUSIVE,
    /** Of ALTER TABLE: keeps readers out as well. */
    ACCESS_EXCLUSIVE;

    /** As {@code LOCK TABLE … IN … MODE} writes it. */
    public String sql() {
        return name().replace('_', ' ');
    }

    /** As {@code pg_locks.mode} has it, such as {@code ShareUpdateExclusiveLock}. */
    public String catalogName() {
        var text = new StringBuilder();
        for (var word : name().split("_", -1)) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.append("Lock").toString();
    }

    /** The modes that another transaction must not hold while this one is granted. */
    public Set<LockMode> conflicts() {
        return switch (this) {
            case ACCESS_SHARE -> EnumSet.of(ACCESS_EXCLUSIVE);
            case ROW_SHARE -> EnumSet.of(EXCLUSIVE, ACCESS_EXCLUSIVE);
            case ROW_EXCLUSIVE -> EnumSet.of(SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE_UPDATE_EXCLUSIVE -> EnumSet.range(SHARE_UPDATE_EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE -> {
                var modes = EnumSet.range(ROW_EXCLUSIVE, ACCESS_EXCLUSIVE);
                modes.remove(SHARE);
                yield modes;
            }
            case SHARE_ROW_EXCLUSIVE -> EnumSet.range(ROW_EXCLUSIVE, ACCESS_EXCLUSIVE);
            case EXCLUSIVE -> EnumSet.range(ROW_SHARE, ACCESS_EXCLUSIVE);
            case ACCESS_EXCLUSIVE -> EnumSet.allOf(LockMode.class);
        };
    }

    /** Whether a statement of the application, a SELECT or a change of rows, has to wait while another transaction holds or requests this. */
    public boolean holdsApplicationUp() {
        return conflicts().contains(ROW_EXCLUSIVE);
    }
}
