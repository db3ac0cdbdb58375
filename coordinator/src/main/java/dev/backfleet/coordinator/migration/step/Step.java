package dev.backfleet.coordinator.migration.step;

import dev.backfleet.coordinator.ddl.TableLock;
import java.util.List;
import java.util.Locale;

/**
 * A step: a fact that a query checks, the statements that make it so, and those that take it back. Who made it so does not matter. All
 * statements are complete SQL without parameters, so that what is printed is what is executed.
 *
 * @param id unique in its migration, the same whenever it is derived from the same file, such as {@code expand.column.first_name}
 * @param phase when it is due
 * @param title what it does, as a clause
 * @param execution how its statements are executed
 * @param locks the locks that they take, strongest last
 * @param statements what makes it so; all in one transaction unless {@link Execution#CONCURRENT}
 * @param check a query of one row with one column of type text: one of the words of {@link Standing}, or any other text: what is in
 *     the way, as a clause
 * @param cleanup what removes the rest of an attempt, if the check says {@link Standing#BROKEN}; as {@code statements}
 * @param undo what takes it back; empty: nothing has to be
 * @param undoLocks the locks that these take
 */
public record Step(
        String id,
        Phase phase,
        String title,
        Execution execution,
        List<TableLock> locks,
        List<String> statements,
        String check,
        List<String> cleanup,
        List<String> undo,
        List<TableLock> undoLocks) {
    public Step {
        locks = List.copyOf(locks);
        statements = List.copyOf(statements);
        cleanup = List.copyOf(cleanup);
        undo = List.copyOf(undo);
        undoLocks = List.copyOf(undoLocks);
    }

    /** The same as a step of the table that takes the copies: its id tells them apart. */
    Step inOther() {
        var phaseEnds = id.indexOf('.');
        return new Step(
                id.substring(0, phaseEnds) + ".into" + id.substring(phaseEnds),
                phase,
                title,
                execution,
                locks,
                statements,
                check,
                cleanup,
                undo,
                undoLocks);
    }

    /** When a step is due, in this order. */
    public enum Phase {
        /** Before the sync: columns and their grants. */
        EXPAND,
        /** Before the backfill: the trigger that keeps both shapes. */
        SYNC,
        /** After the backfill: what reads and writers need. */
        FINISH,
        /** When every reader has the new shape: the old one goes. */
        CONTRACT
    }

    /** How the statements of a step are executed. */
    public enum Execution {
        /** Each is done in an instant, once the locks are there; in one transaction, within the limits for locks. */
        INSTANT,
        /** It reads the table under a lock that the application does not notice; in one transaction, without a limit of time. */
        SCAN,
        /** Not in a transaction: indexes that are built or dropped concurrently; without a limit of time. */
        CONCURRENT
    }

    /** What the check says. */
    public enum Standing {
        /** It is so. */
        DONE,
        /** It is not so, and the statements can make it so. */
        OPEN,
        /** A former attempt has left something that {@code cleanup} removes. */
        BROKEN,
        /** Another session is about it at this moment. */
        UNDER_WAY;

        /** As the check writes it, such as {@code under way}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
