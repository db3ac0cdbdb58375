package dev.backfleet.coordinator.ddl;

import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * How a change of a table's definition gets its locks without making the application wait: the policy, an immutable value. What it
 * decides is carried out by {@link DdlRunner}.
 *
 * <ol>
 *   <li><b>Look.</b> While a transaction that is older than five seconds holds a conflicting lock, nothing is requested, since every
 *       statement of the application would wait behind the request.
 *   <li><b>Clear the way.</b> SHARE UPDATE EXCLUSIVE, which no statement of the application conflicts with, is requested for longer than
 *       the server's {@code deadlock_timeout}: this sends an ordinary autovacuum away and keeps the next one out.
 *   <li><b>Ask</b> for the lock itself, up to five times, each request longer than the one before, and none longer than the limit. Between
 *       two requests the application has at least four times as long.
 *   <li><b>Execute</b> within a time limit, and commit.
 *   <li>Otherwise roll back, pause, and begin again, until the time to give up has come. There is no request without a limit at the end,
 *       and nobody is cancelled.
 * </ol>
 *
 * @param limits the limits
 * @param strong whether a lock beyond SHARE UPDATE EXCLUSIVE is needed
 * @param began when it began
 * @param stage what was done last
 * @param asked requests of this round for the lock itself
 * @param rounds rounds that have failed
 */
public record LockPatience(LockLimits limits, boolean strong, Duration began, Stage stage, int asked, int rounds) {
    /** A transaction that is older than this is expected to go on for a while. */
    public static final Duration OLD = Duration.ofSeconds(5);

    private static final double[] SHARES = {0.1, 0.2, 0.4, 0.8, 1};
    private static final int REST = 4;
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration WAY_NOT_CLEAR = Duration.ofSeconds(30);
    private static final Duration CLEAR_MARGIN = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** The policy at the beginning. */
    public static LockPatience begin(LockLimits limits, boolean strong, Duration now) {
        return new LockPatience(limits, strong, now, Stage.BEGUN, 0, 0);
    }

    /**
     * The next move.
     *
     * @param event what came of the last one
     * @param now the time on the clock of {@code began}
     * @param chance a number from 0 to 1, for pauses
     */
    public Decision next(Event event, Duration now, DoubleSupplier chance) {
        if (event instanceof Event.Failed) {
            return withdraw(now, pause(chance), Reason.FAILURE);
        }
        return switch (stage) {
            case BEGUN, WITHDRAWN -> at(Stage.LOOKING).move(new Move.Look());
            case LOOKING ->
                looked(
                        (Event.Looked) event,
                        now,
                        new Move.Clear(limits.deadlockTimeout().plus(CLEAR_MARGIN)),
                        Stage.CLEARING);
            case CLEARING -> cleared(event, now);
            case RESTING -> at(Stage.LOOKING_AGAIN).move(new Move.Look());
            case LOOKING_AGAIN -> looked((Event.Looked) event, now, new Move.Ask(request()), Stage.ASKING);
            case ASKING -> asked(event, now, chance);
            case EXECUTING -> throw new IllegalStateException("executed: nothing is left to decide");
        };
    }

    private Decision looked(Event.Looked seen, Duration now, Move then, Stage stage) {
        return seen.inTheWay().isEmpty() ? at(stage).move(then) : withdraw(now, LOOK_AGAIN, Reason.OLD_TRANSACTION);
    }

    private Decision cleared(Event event, Duration now) {
        if (event instanceof Event.NotGranted) {
            return withdraw(now, WAY_NOT_CLEAR, Reason.WAY_NOT_CLEAR);
        }
        return strong
                ? at(Stage.LOOKING_AGAIN).move(new Move.Look())
                : at(Stage.EXECUTING).move(new Move.Execute());
    }

    private Decision asked(Event event, Duration now, DoubleSupplier chance) {
        if (event instanceof Event.Granted) {
            return at(Stage.EXECUTING).move(new Move.Execute());
        }
        var rest = multiplied(request(), REST * (1 + chance.getAsDouble() / 2));
        if (asked + 1 < SHARES.length) {
            return new LockPatience(limits, strong, began, Stage.RESTING, asked + 1, rounds).move(new Move.Rest(rest));
        }
        var pause = pause(chance);
        return withdraw(now, pause.compareTo(rest) < 0 ? rest : pause, Reason.NOT_GRANTED);
    }

    private Decision withdraw(Duration now, Duration pause, Reason reason) {
        var left = began.plus(limits.giveUp()).minus(now);
        if (left.isNegative() || left.isZero()) {
            return at(Stage.WITHDRAWN).move(new Move.GiveUp(reason));
        }
        var failed = reason == Reason.NOT_GRANTED || reason == Reason.FAILURE ? rounds + 1 : rounds;
        return new LockPatience(limits, strong, began, Stage.WITHDRAWN, 0, failed)
                .move(new Move.Withdraw(pause.compareTo(left) < 0 ? pause : left, reason));
    }

    private Duration request() {
        return multiplied(limits.request(), SHARES[asked]);
    }

    private Duration pause(DoubleSupplier chance) {
        var most = multiplied(FIRST_PAUSE, Math.pow(2, Math.min(rounds, 10)));
        return multiplied(most.compareTo(LONGEST_PAUSE) < 0 ? most : LONGEST_PAUSE, chance.getAsDouble());
    }

    private static Duration multiplied(Duration duration, double by) {
        return Duration.ofNanos((long) (duration.toNanos() * by));
    }

    private LockPatience at(Stage other) {
        return new LockPatience(limits, strong, began, other, asked, rounds);
    }

    private Decision move(Move move) {
        return new Decision(this, move);
    }

    /** What was done last. */
    public enum Stage {
        BEGUN,
        LOOKING,
        CLEARING,
        LOOKING_AGAIN,
        ASKING,
        RESTING,
        EXECUTING,
        WITHDRAWN
    }

    /** Why a round has ended without the lock. */
    public enum Reason {
        OLD_TRANSACTION("an old transaction holds a conflicting lock"),
        WAY_NOT_CLEAR("vacuum, another change of the table or an index build is under way"),
        NOT_GRANTED("the lock was not granted within its limit"),
        FAILURE("the server or the connection failed");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** As a clause. */
        public String words() {
            return words;
        }
    }

    /** A decision: the policy after it, and the move. */
    public record Decision(LockPatience next, Move move) {}

    /** A move. */
    public sealed interface Move {
        /** Find out who holds conflicting locks; requests nothing. */
        record Look() implements Move {}

        /** Begin a transaction, and request SHARE UPDATE EXCLUSIVE for at most as long. */
        record Clear(Duration limit) implements Move {}

        /** Request the lock itself, in a savepoint, for at most as long. */
        record Ask(Duration limit) implements Move {}

        /** Let the application go on for as long; the transaction stays open. */
        record Rest(Duration duration) implements Move {}

        /** Execute the statements, and commit. */
        record Execute() implements Move {}

        /** Roll back, and wait for as long before the next round. */
        record Withdraw(Duration pause, Reason reason) implements Move {}

        /** Roll back, and give up. */
        record GiveUp(Reason reason) implements Move {}
    }

    /** What came of a move. */
    public sealed interface Event {
        /** Of the beginning, of a rest and of a pause. */
        record Begun() implements Event {}

        /** Of a look: the old transactions in the way. */
        record Looked(List<LockHolder> inTheWay) implements Event {
            public Looked {
                inTheWay = List.copyOf(inTheWay);
            }
        }

        /** The lock is there. */
        record Granted() implements Event {}

        /** The time limit has passed. */
        record NotGranted() implements Event {}

        /** The server or the connection failed, in a way that may pass: whatever was held is gone. */
        record Failed() implements Event {}
    }
}
