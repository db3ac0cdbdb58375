package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.sql.Identifier;

/**
 * A trigger of a sync.
 *
 * @param name its name
 * @param type when it fires, as {@code pg_trigger.tgtype} has it
 * @param statement what creates it
 */
public record SyncTrigger(Identifier name, int type, String statement) {
    // As PostgreSQL's pg_trigger.h has them.
    private static final int EACH_ROW = 1;
    private static final int BEFORE = 2;

    /** The events of a trigger. */
    enum Event {
        INSERT(4),
        DELETE(8),
        UPDATE(16);

        private final int bit;

        Event(int bit) {
            this.bit = bit;
        }
    }

    /** One that fires before each row is written. */
    static SyncTrigger before(Event event, Identifier name, String statement) {
        return new SyncTrigger(name, EACH_ROW + BEFORE + event.bit, statement);
    }

    /** One that fires after each row was written. */
    static SyncTrigger after(Event event, Identifier name, String statement) {
        return new SyncTrigger(name, EACH_ROW + event.bit, statement);
    }
}
