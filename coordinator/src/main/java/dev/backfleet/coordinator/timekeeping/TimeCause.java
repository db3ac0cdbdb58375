package dev.backfleet.coordinator.timekeeping;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a second of a job went to. */
public enum TimeCause {
    /** The leader cuts its table into shards. */
    PLANNING("planning", Kind.IDLE),
    /** Workers change its rows. */
    WORKING("working", Kind.WORK),
    /** They do, at the rate that somebody has set as its limit. */
    AT_LIMIT("working at its limit", Kind.WORK),
    /** A signal of the database's health has taken this time from it. */
    THROTTLED("throttled", Kind.HELD),
    /** Shards are worked on, but no row was scanned: a lock or another failure is in the way. */
    NO_PROGRESS("no progress", Kind.HELD),
    /** At least half of its batches did not get their locks: other sessions hold them. */
    LOCKS("waits for locks", Kind.HELD),
    /** Workers are alive, and no slot works on it. */
    WAITS_FOR_SLOT("waits for a slot", Kind.IDLE),
    /** No worker that accepts tasks is alive. */
    NO_WORKER("no worker", Kind.IDLE),
    /** No coordinator led. */
    NO_COORDINATOR("no coordinator", Kind.IDLE),
    /** The leader got no answer from the database. */
    DATABASE("database away", Kind.IDLE),
    /** Somebody has paused it, or all tenants that have rows left. */
    PAUSED("paused", Kind.IDLE),
    /** Somebody has paused the fleet. */
    FLEET_PAUSED("fleet paused", Kind.IDLE),
    OUTSIDE_WINDOW("outside window", Kind.IDLE),
    /** The wave is done, and the next one has not begun. */
    WAITS_FOR_WAVE("waits for wave", Kind.IDLE),
    /** It has paused itself after an error of the server. */
    TROUBLE("trouble", Kind.IDLE),
    /** It has stopped or ended, and somebody resumed it later. */
    HALTED("halted", Kind.IDLE);

    private final String words;
    private final Kind kind;

    TimeCause(String words, Kind kind) {
        this.words = words;
        this.kind = kind;
    }

    /** As in JSON and in the control schema: {@code at-limit}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The cause with a text. */
    public static TimeCause of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public String words() {
        return words;
    }

    /** Whether rows were changed. */
    public boolean isWork() {
        return kind == Kind.WORK;
    }

    /** Whether it is what a job takes by itself, on a fleet and a server that let it: what a forecast tells. */
    public boolean isOfJob() {
        return isWork() || this == PLANNING;
    }

    /** Whether it says nothing about the job's speed: it does not count in averages. */
    public boolean isIdle() {
        return kind == Kind.IDLE;
    }

    /** Whether it says how fast the job is when nothing is in its way: not, if idle or among the locks of others. */
    public boolean tellsSpeed() {
        return kind != Kind.IDLE && this != NO_PROGRESS && this != LOCKS;
    }

    /**
     * Whether it holds back a job that is to run, and may do so again: what held it back in the last hour is expected of the next one.
     * A pause, a window, a wave or a failure is over once the job runs.
     */
    public boolean holdsBack() {
        return switch (this) {
            case THROTTLED, NO_PROGRESS, LOCKS, WAITS_FOR_SLOT, NO_WORKER, NO_COORDINATOR, DATABASE -> true;
            case PLANNING, WORKING, AT_LIMIT, PAUSED, FLEET_PAUSED, OUTSIDE_WINDOW, WAITS_FOR_WAVE, TROUBLE, HALTED ->
                false;
        };
    }

    private enum Kind {
        WORK,
        HELD,
        IDLE
    }
}
