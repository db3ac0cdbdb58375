package dev.backfleet.coordinator.ddl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.LockHolder.Kind;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link LockPatience} promises, on a simulated queue with thousands of mixtures of traffic; and that each mistake is found. */
class LockPatienceSimulationTest {
    private static final int SEEDS = 150;
    private static final Duration REQUEST = Duration.ofMillis(500);
    private static final LockLimits LIMITS = new LockLimits(
            REQUEST, Duration.ofSeconds(2), Duration.ofMinutes(30), Duration.ofMillis(SimulatedTable.DEADLOCK_TIMEOUT));

    @Test
    void the_application_is_never_held_up_for_long_and_the_lock_is_got() throws InterruptedException {
        for (var seed = 0; seed < SEEDS; seed++) {
            assertThat(violations(seed, UnaryOperator.identity(), false))
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void finds_a_mistake(Mistake mistake) throws InterruptedException {
        var found = new ArrayList<String>();
        for (var seed = 0; seed < SEEDS && found.isEmpty(); seed++) {
            found.addAll(violations(seed, mistake::in, mistake == Mistake.NO_REST));
        }
        assertThat(found).isNotEmpty();
    }

    @Test
    void nothing_is_requested_beside_an_old_transaction_that_stays() throws InterruptedException {
        var table = new SimulatedTable(new Random(1));
        table.transaction(0, Duration.ofDays(1).toMillis(), LockMode.ACCESS_SHARE, Kind.CLIENT);
        table.await(Duration.ofSeconds(10), () -> false);

        var result = run(new SimulatedDdlSession(table, true), new Random(1), false);

        assertThat(result.done()).isFalse();
        assertThat(result.reason()).isEqualTo(Reason.OLD_TRANSACTION);
        assertThat(result.cost().requests()).isZero();
        assertThat(result.holders()).isNotEmpty();
        assertThat(table.longestWait()).isZero();
        assertThat(table.now()).isBetween(1_800_000L, 1_812_000L);
    }

    // Naive: a request without a look, without clearing the way, with the usual lock_timeout of two seconds.
    @Test
    void a_plain_lock_timeout_never_gets_past_autovacuum() {
        var table = new SimulatedTable(new Random(1));
        table.transaction(0, Duration.ofMinutes(30).toMillis(), LockMode.SHARE_UPDATE_EXCLUSIVE, Kind.AUTOVACUUM);
        table.await(Duration.ofSeconds(10), () -> false);
        var session = new SimulatedDdlSession(table, true);

        for (var attempt = 0; attempt < 100; attempt++) {
            assertThat(session.request(LockMode.ACCESS_EXCLUSIVE, REQUEST)).isFalse();
        }
    }

    private static List<String> violations(long seed, UnaryOperator<DdlSession> mistake, boolean noRest)
            throws InterruptedException {
        var random = new Random(seed);
        var table = new SimulatedTable(random);
        var end = traffic(table, random);
        table.await(Duration.ofSeconds(random.nextInt(20)), () -> false);
        var session = new SimulatedDdlSession(table, random.nextInt(4) > 0);
        var began = table.now();

        var result = run(mistake.apply(session), random, noRest, table);

        var found = new ArrayList<String>();
        if (table.longestWait() > REQUEST.toMillis() + SimulatedDdlSession.EXECUTION) {
            found.add("a statement waited for " + table.longestWait() + " ms");
        }
        if (session.requestedBesideOldOnes() > 0) {
            found.add("the lock was requested beside an old transaction");
        }
        var elapsed = table.now() - began;
        if (result.cost().heldUp().toMillis() > elapsed / 5 + REQUEST.toMillis() + SimulatedDdlSession.EXECUTION) {
            found.add("held up for " + result.cost().heldUp() + " of " + elapsed + " ms");
        }
        if (!result.done() || !session.executed()) {
            found.add("not done after " + elapsed + " ms, though the way was free for long");
        }
        if (table.now() > Math.max(end, began) + Duration.ofMinutes(5).toMillis()) {
            found.add("done only at " + table.now() + " ms, though the way was free from " + end + " ms on");
        }
        return found;
    }

    // Transactions of all kinds for some minutes; afterwards autovacuum alone, which holds its lock until it is sent
    // away.
    private static long traffic(SimulatedTable table, Random random) {
        var minutes = 1 + random.nextInt(8);
        var end = 0L;
        for (var number = 0; number < random.nextInt(12); number++) {
            var at = random.nextInt(minutes * 60_000);
            var duration = random.nextBoolean() ? random.nextInt(3_000) : random.nextInt(90_000);
            var mode =
                    switch (random.nextInt(6)) {
                        case 0 -> LockMode.SHARE_UPDATE_EXCLUSIVE;
                        case 1, 2 -> LockMode.ROW_EXCLUSIVE;
                        default -> LockMode.ACCESS_SHARE;
                    };
            table.transaction(at, duration, mode, Kind.CLIENT);
            end = Math.max(end, at + duration);
        }
        // One transaction after the other, none of them old.
        if (random.nextInt(3) == 0) {
            for (var at = 0; at < minutes * 60_000; at += 300 + random.nextInt(3_000)) {
                var duration = 600 + random.nextInt(4_300);
                table.transaction(at, duration, LockMode.ROW_EXCLUSIVE, Kind.CLIENT);
                end = Math.max(end, at + duration);
            }
        }
        for (var at = 0; at < Duration.ofHours(1).toMillis(); at += 60_000) {
            table.transaction(at, Duration.ofMinutes(20).toMillis(), LockMode.SHARE_UPDATE_EXCLUSIVE, Kind.AUTOVACUUM);
        }
        return end;
    }

    private static Result run(SimulatedDdlSession session, Random random, boolean noRest) throws InterruptedException {
        return run(session, random, noRest, session.table);
    }

    private static Result run(DdlSession session, Random random, boolean noRest, SimulatedTable table)
            throws InterruptedException {
        Sleeper sleeper = duration -> table.await(noRest ? duration.dividedBy(8) : duration, () -> false);
        var runner = new DdlRunner(session, LIMITS, () -> Duration.ofMillis(table.now()), sleeper, random::nextDouble);
        return runner.run(List.of(new TableLock(SimulatedTable.NAME, LockMode.ACCESS_EXCLUSIVE)), () -> false, QUIET);
    }

    private static final Progress QUIET = new Progress() {
        @Override
        public void waits(Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {}

        @Override
        public void failed(String message) {}
    };

    /** Ways to do it wrong. */
    enum Mistake {
        NO_LOOK {
            @Override
            DdlSession in(DdlSession session) {
                return new Wrong(session) {
                    @Override
                    public List<LockHolder> holders(List<TableLock> locks) {
                        return List.of();
                    }
                };
            }
        },
        STRONG_LOCK_FIRST {
            @Override
            DdlSession in(DdlSession session) {
                return new Wrong(session) {
                    @Override
                    public boolean clear(List<TableLock> locks, Duration limit) {
                        return true;
                    }
                };
            }
        },
        NO_LIMIT_AT_THE_END {
            @Override
            DdlSession in(DdlSession session) {
                var requests = new AtomicInteger();
                return new Wrong(session) {
                    @Override
                    public boolean ask(List<TableLock> locks, Duration limit) {
                        return super.ask(locks, requests.incrementAndGet() % 5 == 0 ? Duration.ofHours(1) : limit);
                    }
                };
            }
        },
        CLEARED_FOR_TOO_SHORT {
            @Override
            DdlSession in(DdlSession session) {
                return new Wrong(session) {
                    @Override
                    public boolean clear(List<TableLock> locks, Duration limit) {
                        return super.clear(locks, limit.dividedBy(3));
                    }
                };
            }
        },
        NOT_WITHDRAWN {
            @Override
            DdlSession in(DdlSession session) {
                return new Wrong(session) {
                    @Override
                    public boolean ask(List<TableLock> locks, Duration limit) {
                        // Without a savepoint to go back to, the request goes on while the application is to rest.
                        return super.ask(locks, limit.multipliedBy(5));
                    }
                };
            }
        },
        NO_REST;

        DdlSession in(DdlSession session) {
            return session;
        }
    }

    /** Does everything right. */
    private static class Wrong implements DdlSession {
        private final DdlSession session;

        Wrong(DdlSession session) {
            this.session = session;
        }

        @Override
        public List<LockHolder> holders(List<TableLock> locks) {
            return session.holders(locks);
        }

        @Override
        public boolean clear(List<TableLock> locks, Duration limit) {
            return session.clear(locks, limit);
        }

        @Override
        public boolean ask(List<TableLock> locks, Duration limit) {
            return session.ask(locks, limit);
        }

        @Override
        public void execute() {
            session.execute();
        }

        @Override
        public void withdraw() {
            session.withdraw();
        }
    }
}
