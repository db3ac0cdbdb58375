package dev.backfleet.simulation.scale;

/** The cost of a model fleet. */
final class Meter {
    /** A statement's round trip, and what it takes for each shard that it changes, in microseconds. */
    private static final long ROUND_TRIP = 1_000;

    private static final long EACH_SHARD = 10;

    long tasks;
    long events;
    long control;
    long heartbeats;
    /** Statements of the coordinator. */
    long statements;
    /** Index entries that they read, one for each shard that they count or change. */
    long entries;
    /** Nanoseconds of the coordinator's own time, for decisions. */
    long deciding;

    long claims;
    long refused;
    long splits;
    long busySlotMicros;

    private long underway;

    double perTask(long count) {
        return (double) count / tasks;
    }

    void statement(long shardsSeen, long shardsChanged) {
        statements++;
        entries += shardsSeen + shardsChanged;
        underway += ROUND_TRIP + EACH_SHARD * shardsChanged;
    }

    /** Other time of a round of duties. */
    void spend(long micros) {
        underway += micros;
    }

    /** How long the statements since the last call took. */
    long took() {
        var micros = underway;
        underway = 0;
        return micros;
    }
}
