package dev.backfleet.coordinator.ddl;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.ddl.DdlSession.TransientFailure;
import dev.backfleet.coordinator.ddl.LockPatience.Event;
import dev.backfleet.coordinator.ddl.LockPatience.Move;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link LockPatience} decides, and counts what it costs the application. */
public final class DdlRunner {
    private final DdlSession session;
    private final LockLimits limits;
    private final Ticker ticker;
    private final Sleeper sleeper;
    private final DoubleSupplier chance;
    private final Map<String, Duration> firstSeen = new HashMap<>();

    public DdlRunner(DdlSession session, LockLimits limits, Ticker ticker, Sleeper sleeper, DoubleSupplier chance) {
        this.session = session;
        this.limits = limits;
        this.ticker = ticker;
        this.sleeper = sleeper;
        this.chance = chance;
    }

    /**
     * Makes a change under its locks.
     *
     * @param locks the locks that it needs
     * @param isDone whether it is so already; asked after a failure, since a lost commit may have succeeded
     * @param progress is told of each wait
     */
    public Result run(List<TableLock> locks, BooleanSupplier isDone, Progress progress) throws InterruptedException {
        var run = new Run(locks, isDone, progress);
        try {
            return run.result();
        } finally {
            session.withdraw();
        }
    }

    private final class Run {
        private final List<TableLock> locks;
        private final BooleanSupplier isDone;
        private final Progress progress;
        private final boolean holdsUp;
        private final Duration began = ticker.now();
        private Duration askedAt = began;
        private LockCost cost = LockCost.NONE;
        private List<LockHolder> seen = List.of();

        Run(List<TableLock> locks, BooleanSupplier isDone, Progress progress) {
            this.locks = locks;
            this.isDone = isDone;
            this.progress = progress;
            this.holdsUp = locks.stream().anyMatch(lock -> lock.mode().holdsApplicationUp());
        }

        Result result() throws InterruptedException {
            var strong = locks.stream().anyMatch(lock -> lock.mode().compareTo(LockMode.SHARE_UPDATE_EXCLUSIVE) > 0);
            var policy = LockPatience.begin(limits, strong, began);
            Event event = new Event.Begun();
            while (true) {
                var decision = policy.next(event, ticker.now(), chance);
                policy = decision.next();
                if (event instanceof Event.Failed && wasDone()) {
                    return new Result(true, null, cost(), List.of());
                }
                if (decision.move() instanceof Move.GiveUp end) {
                    return new Result(false, end.reason(), cost(), seen);
                }
                try {
                    event = carryOut(decision.move());
                } catch (TransientFailure e) {
                    progress.failed(String.valueOf(e.getMessage()));
                    event = new Event.Failed();
                }
                if (decision.move() instanceof Move.Execute && !(event instanceof Event.Failed)) {
                    return new Result(true, null, cost(), List.of());
                }
            }
        }

        // A commit whose answer was lost may have succeeded.
        private boolean wasDone() {
            try {
                return isDone.getAsBoolean();
            } catch (TransientFailure e) {
                progress.failed(String.valueOf(e.getMessage()));
                return false;
            }
        }

        private Event carryOut(Move move) throws InterruptedException {
            if (move instanceof Move.Look) {
                return look();
            } else if (move instanceof Move.Clear clear) {
                return answer(session.clear(locks, clear.limit()));
            } else if (move instanceof Move.Ask ask) {
                return ask(ask);
            } else if (move instanceof Move.Rest rest) {
                sleeper.sleep(rest.duration());
            } else if (move instanceof Move.Execute) {
                execute();
            } else if (move instanceof Move.Withdraw withdraw) {
                session.withdraw();
                progress.waits(withdraw.reason(), withdraw.pause(), seen, cost());
                sleeper.sleep(withdraw.pause());
            }
            return new Event.Begun();
        }

        private Event look() {
            var holders = session.holders(locks);
            var now = ticker.now();
            firstSeen
                    .keySet()
                    .retainAll(holders.stream().map(LockHolder::transaction).toList());
            holders.forEach(holder -> firstSeen.putIfAbsent(holder.transaction(), now));
            seen = holders;
            return new Event.Looked(
                    holders.stream().filter(holder -> isInTheWay(holder, now)).toList());
        }

        // An ordinary autovacuum is sent away. A transaction whose age this role may not see is as old as the first
        // look at it.
        private boolean isInTheWay(LockHolder holder, Duration now) {
            if (!holder.granted() || holder.kind() == LockHolder.Kind.AUTOVACUUM) {
                return false;
            }
            var observed = now.minus(firstSeen.getOrDefault(holder.transaction(), now));
            var age = holder.age() == null || observed.compareTo(holder.age()) > 0 ? observed : holder.age();
            return holder.kind() == LockHolder.Kind.PREPARED || age.compareTo(LockPatience.OLD) >= 0;
        }

        private Event ask(Move.Ask ask) {
            var from = ticker.now();
            cost = cost.requested();
            var granted = false;
            try {
                granted = session.ask(locks, ask.limit());
            } finally {
                if (!granted) {
                    heldUpSince(from);
                }
            }
            askedAt = from;
            return answer(granted);
        }

        private void execute() {
            try {
                session.execute();
            } finally {
                heldUpSince(askedAt);
            }
        }

        private void heldUpSince(Duration from) {
            if (holdsUp) {
                cost = cost.heldUpFor(ticker.now().minus(from));
            }
        }

        private LockCost cost() {
            return cost.waited(ticker.now().minus(began));
        }

        private static Event answer(boolean granted) {
            return granted ? new Event.Granted() : new Event.NotGranted();
        }
    }

    /** Is told of each wait. */
    public interface Progress {

        /** Nothing is requested for as long. */
        void waits(Reason reason, Duration pause, List<LockHolder> holders, LockCost cost);

        /** A failure that may pass. */
        void failed(String message);
    }

    /**
     * The end.
     *
     * @param done whether the change was made
     * @param reason why not; null if it was made
     * @param cost what it has cost
     * @param holders who was in the way last
     */
    public record Result(boolean done, @Nullable Reason reason, LockCost cost, List<LockHolder> holders) {
        public Result {
            holders = List.copyOf(holders);
        }
    }
}
