package dev.backfleet.simulation.server;

/** What a run came to. */
public final class Tally {
    public long steps;
    public long virtualSeconds;
    public int faults;
    public long rows;
    public int splits;
    public int turns;
    public int isolations;
    public int waves;
    public int reservations;
    public int twoLeaders;
    public int quarantined;
    public int budgetsSpent;
    public int failedShards;
    public int shardRetries;
    public int rowRetries;
    public int retriesBesideFinish;
    public int longOutages;
    public int foundWrong;
    public int kept;
    public int copied;
    public int undos;
    public int putBack;
    public int notPutBack;

    public void add(Tally other) {
        steps += other.steps;
        virtualSeconds += other.virtualSeconds;
        faults += other.faults;
        rows += other.rows;
        splits += other.splits;
        turns += other.turns;
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
        foundWrong += other.foundWrong;
        kept += other.kept;
        copied += other.copied;
        undos += other.undos;
        putBack += other.putBack;
        notPutBack += other.notPutBack;
    }
}
