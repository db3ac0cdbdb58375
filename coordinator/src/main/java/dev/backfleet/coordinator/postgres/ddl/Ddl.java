package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.DdlRunner;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.ddl.TableLock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Changes of definitions on one database, for one table and one role. For one thread.
 */
public final class Ddl {
    private static final String DEADLOCK_TIMEOUT =
            "select setting::bigint from pg_catalog.pg_settings where name = 'deadlock_timeout'";

    private final Database database;
    private final Database beside;
    private final TableName table;
    private final Optional<Identifier> role;
    private final LockLimits limits;
    private final Waiting waiting;

    /**
     * Changes.
     *
     * @param database whose connections wait for an answer as long as it takes
     * @param beside for looks meanwhile
     * @param table with its schema; one runner at a time changes it
     * @param role who executes the statements; empty: the session's user
     * @param limits the limits; the server's deadlock timeout is read here
     * @param waiting the clock, the waits and the chance in them
     */
    public Ddl(
            Database database,
            Database beside,
            TableName table,
            Optional<Identifier> role,
            LockLimits limits,
            Waiting waiting) {
        this.database = database;
        this.beside = beside;
        this.table = table;
        this.role = role;
        this.limits = limits.with(deadlockTimeout(beside));
        this.waiting = waiting;
    }

    private static Duration deadlockTimeout(Database database) {
        return Duration.ofMillis(database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(DEADLOCK_TIMEOUT).mapTo(Long.class).one()));
    }

    /**
     * Executes statements in one transaction, under their locks.
     *
     * @param bounded whether they are ended if they hold the locks for too long
     * @param journal what is stored in the same transaction
     * @param isDone whether it is so already; asked after a failure
     */
    public Result inTransaction(
            List<TableLock> locks,
            List<String> statements,
            boolean bounded,
            DdlJournal journal,
            BooleanSupplier isDone,
            Progress progress)
            throws InterruptedException {
        var limit = bounded ? Optional.of(limits.hold()) : Optional.<Duration>empty();
        var change = new DdlChange(table.quoted(), statements, role, limit, journal);
        return new DdlRunner(
                        new PostgresDdlSession(database, change, waiting.ticker()),
                        limits,
                        waiting.ticker(),
                        waiting.sleeper(),
                        waiting.chance())
                .run(locks, isDone, progress);
    }

    /** Executes a statement that PostgreSQL does not allow in a transaction. */
    public void concurrently(String statement, Consumer<String> news) {
        new ConcurrentStatement(database, beside).run(table.quoted(), role, statement, news);
    }

    /**
     * How it waits.
     *
     * @param ticker the clock
     * @param sleeper waits
     * @param chance a number from 0 to 1, for pauses
     */
    public record Waiting(Ticker ticker, Sleeper sleeper, DoubleSupplier chance) {}
}
