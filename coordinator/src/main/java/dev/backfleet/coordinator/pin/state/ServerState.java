package dev.backfleet.coordinator.pin.state;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the server, read in one statement.
 *
 * @param monitor whether this role sees what other roles' sessions do
 * @param transactions the transactions of other sessions that have lasted longest, prepared ones included
 * @param standbys the standbys that are connected
 * @param slots the replication slots
 * @param synchronous the setting synchronous_standby_names; empty if commits wait for no standby
 * @param waitsForStandby whether this role's commits wait for a synchronous standby
 * @param slotWalLimit the most WAL that a slot can retain, in bytes; negative: no limit
 * @param ages how far the database is from wraparound
 * @param settings settings of roles and databases that may concern the job or the application
 * @param autovacuum whether autovacuum is on
 * @param maxWal the setting max_wal_size, in bytes
 * @param deadlockMillis the setting deadlock_timeout
 * @param now the time of the answer, by the server's clock
 */
public record ServerState(
        boolean monitor,
        List<OpenTransaction> transactions,
        List<Standby> standbys,
        List<Slot> slots,
        String synchronous,
        boolean waitsForStandby,
        long slotWalLimit,
        Ages ages,
        List<RoleSetting> settings,
        boolean autovacuum,
        long maxWal,
        long deadlockMillis,
        Instant now) {
    public ServerState {
        transactions = List.copyOf(transactions);
        standbys = List.copyOf(standbys);
        slots = List.copyOf(slots);
        settings = List.copyOf(settings);
    }

    /**
     * An open transaction of another session.
     *
     * @param pid the server process; null: it is prepared, and has none
     * @param prepared the name of the prepared transaction; null if it is none
     * @param role its role
     * @param application what the session calls itself
     * @param state the state of the session
     * @param seconds how long it has lasted
     */
    public record OpenTransaction(
            @Nullable Integer pid,
            @Nullable String prepared,
            @Nullable String role,
            @Nullable String application,
            @Nullable String state,
            double seconds) {}

    /**
     * A standby that is connected.
     *
     * @param state what it does; null: this role may not see it
     * @param sync whether commits wait for it, as in pg_stat_replication; null likewise
     * @param lagSeconds how far its replay is behind
     * @param lagBytes the WAL that it has not replayed
     */
    public record Standby(
            String name, @Nullable String state, @Nullable String sync, double lagSeconds, long lagBytes) {}

    /**
     * A replication slot.
     *
     * @param logical whether it is for logical replication
     * @param active whether somebody reads from it
     * @param retained the WAL that it keeps, in bytes
     * @param lost whether WAL that it needs has been removed, or will be at the next checkpoint
     * @param xminAge for how many transactions it has held back vacuum; 0 if it does not
     */
    public record Slot(String name, boolean logical, boolean active, long retained, boolean lost, long xminAge) {}

    /**
     * How far the database is from wraparound.
     *
     * @param transactions the age of its oldest transaction that is not frozen
     * @param multixacts the same for multixacts
     * @param freezeMax the age at which autovacuum freezes even tables for which it is off
     * @param multixactFreezeMax the same for multixacts
     * @param held for how many transactions vacuum has been held back by anything
     */
    public record Ages(long transactions, long multixacts, long freezeMax, long multixactFreezeMax, long held) {}

    /**
     * A setting of a role, of a database, or of a role in a database.
     *
     * @param role the role; null: every role
     * @param ours whether it applies to this role, or to one of a running worker or coordinator
     */
    public record RoleSetting(@Nullable String role, String name, String value, boolean ours) {}
}
