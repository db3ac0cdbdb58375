package dev.backfleet.simulation;

/** What a run came to. */
final class Tally {
    long steps;
    long virtualSeconds;
    int faults;
    long rows;
    int splits;
    int carvings;
    int waves;
    int reservations;
    int twoLeaders;

    void add(Tally other) {
        steps += other.steps;
        virtualSeconds += other.virtualSeconds;
        faults += other.faults;
        rows += other.rows;
        splits += other.splits;
        carvings += other.carvings;
        waves += other.waves;
        reservations += other.reservations;
        twoLeaders += other.twoLeaders;
    }
}
