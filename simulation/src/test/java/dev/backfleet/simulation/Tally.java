package dev.backfleet.simulation;

/** What a run came to. */
final class Tally {
    long steps;
    long virtualSeconds;
    int faults;
    long rows;
    int splits;
    int isolations;
    int waves;
    int reservations;
    int twoLeaders;
    int quarantined;
    int budgetsSpent;
    int failedShards;
    int shardRetries;
    int rowRetries;
    int retriesBesideFinish;
    int longOutages;

    void add(Tally other) {
        steps += other.steps;
        virtualSeconds += other.virtualSeconds;
        faults += other.faults;
        rows += other.rows;
        splits += other.splits;
        isolations += other.isolations;
        waves += other.waves;
        reservations += other.reservations;
        twoLeaders += other.twoLeaders;
        quarantined += other.quarantined;
        budgetsSpent += other.budgetsSpent;
        failedShards += other.failedShards;
        shardRetries += other.shardRetries;
        rowRetries += other.rowRetries;
        retriesBesideFinish += other.retriesBesideFinish;
        longOutages += other.longOutages;
    }
}
