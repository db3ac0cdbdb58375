package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.DdlSession.TransientFailure;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.apply.StepExecutor;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.TableWorkStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.ConnectionException;

/** Executes the steps of one migration. For one thread. */
public final class PostgresStepExecutor implements StepExecutor {
    private final Database database;
    private final Ddl ddl;
    private final StepStore store;
    private final Ticker ticker;
    private final StepJournal journal;

    /**
     * An executor.
     *
     * @param database for checks and for what is stored
     * @param ddl executes the statements
     * @param migration whose steps they are
     * @param who does them, in one word
     */
    public PostgresStepExecutor(Database database, Ddl ddl, long migration, String who, Ticker ticker) {
        this(database, ddl, migration, who, ticker, StepJournal.NONE);
    }

    /**
     * An executor.
     *
     * @param journal stores something beside, in the same transaction; not for a step that is executed outside of one
     */
    public PostgresStepExecutor(
            Database database, Ddl ddl, long migration, String who, Ticker ticker, StepJournal journal) {
        this.journal = journal;
        this.database = database;
        this.ddl = ddl;
        this.store = new StepStore(database, migration, who);
        this.ticker = ticker;
    }

    @Override
    public String standing(Step step) {
        return database.read(connection -> StepStandings.of(connection, step));
    }

    @Override
    public Result run(Step step, Progress progress, Consumer<String> news) throws InterruptedException {
        store.begun(step);
        return execute(step, step.locks(), step.statements(), StepState.DONE, Standing.DONE, progress, news);
    }

    @Override
    public Result cleanUp(Step step, Progress progress, Consumer<String> news) throws InterruptedException {
        return execute(step, step.locks(), step.cleanup(), StepState.OPEN, Standing.OPEN, progress, news);
    }

    @Override
    public Result undo(Step step, Progress progress, Consumer<String> news) throws InterruptedException {
        return execute(step, step.undoLocks(), step.undo(), StepState.UNDONE, Standing.OPEN, progress, news);
    }

    private Result execute(
            Step step,
            List<TableLock> locks,
            List<String> statements,
            StepState state,
            Standing expected,
            Progress progress,
            Consumer<String> news)
            throws InterruptedException {
        if (step.execution() == Execution.CONCURRENT) {
            var from = ticker.now();
            statements.forEach(statement -> ddl.concurrently(statement, news));
            store.ended(step, state);
            var cost = new LockCost(0, ticker.now().minus(from), Duration.ZERO, Duration.ZERO);
            store.spent(step, cost, List.of());
            return new Result(true, null, cost, List.of());
        }
        var accounts = new Accounts(step, progress);
        var result = ddl.inTransaction(
                locks,
                statements,
                step.execution() == Execution.INSTANT,
                connection -> ended(connection, step, state),
                () -> isAlready(step, expected),
                accounts);
        accounts.spent(result.cost(), result.holders());
        return result;
    }

    private void ended(Connection connection, Step step, StepState state) throws SQLException {
        store.ended(connection, step, state);
        if (state == StepState.DONE) {
            journal.done(connection, step);
        } else if (state == StepState.UNDONE) {
            journal.undone(connection, step);
        }
    }

    /** Stores steps that are about to be executed beside those of the file, so that the status shows them. */
    public static void add(Database database, long migration, List<Step> steps) {
        database.jdbi().useTransaction(handle -> StepStore.addLater(handle, migration, steps));
    }

    private boolean isAlready(Step step, Standing expected) {
        try {
            return standing(step).equals(expected.word());
        } catch (ConnectionException e) {
            throw new TransientFailure("the database is not reached", e);
        }
    }

    @Override
    public List<String> atWork(Step step) {
        return database.read(connection -> {
            var lines = new ArrayList<String>();
            for (var lock : step.locks()) {
                TableWorkStore.of(connection, lock.table().quoted()).forEach(work -> lines.add(work.words()));
            }
            return lines.stream().distinct().toList();
        });
    }

    @Override
    public boolean isOurs(Step step) {
        return store.isOurs(step);
    }

    @Override
    public void found(Step step) {
        store.found(step);
    }

    @Override
    public void failed(Step step, String code, String message) {
        store.failed(step, code, message);
    }

    /** Stores what a step has cost while it waits, for those who look at its status meanwhile. */
    private final class Accounts implements Progress {
        private final Step step;
        private final Progress progress;
        private LockCost stored = LockCost.NONE;

        Accounts(Step step, Progress progress) {
            this.step = step;
            this.progress = progress;
        }

        @Override
        public void waits(Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {
            try {
                spent(cost, holders);
            } catch (ConnectionException e) {
                // It is stored with the next wait.
                progress.failed("what the step has cost cannot be stored now: " + e.getMessage());
            }
            progress.waits(reason, pause, holders, cost);
        }

        @Override
        public void failed(String message) {
            progress.failed(message);
        }

        void spent(LockCost cost, List<LockHolder> holders) {
            store.spent(step, cost.since(stored), holders);
            stored = cost;
        }
    }
}
