package dev.backfleet.coordinator.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.lead.PeriodicThread;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Records about tenants are applied beside all others, each tenant's in their order, the last one in any case. */
class TenantPauseQueueTest {
    private static final Scope FIRST = Scope.tenant(7, "a");
    private static final Scope SECOND = Scope.tenant(7, "b");

    private final List<String> applied = new CopyOnWriteArrayList<>();
    private Runnable before = () -> {};

    private final ControlObserver store = new ControlObserver() {
        @Override
        public void onDesiredState(Scope scope, Optional<ControlRecord> wish, ControlPosition position) {
            if (scope instanceof Scope.Tenant) {
                before.run();
            }
            applied.add(scope.key() + " " + position.offset());
        }
    };
    private final TenantPauseQueue line = new TenantPauseQueue(store);
    private final ControlObserver heard = line.before(store, () -> {});

    private void say(Scope scope, int offset) {
        heard.onDesiredState(
                scope,
                Optional.of(new ControlRecord(DesiredState.PAUSE, null, null)),
                new ControlPosition("topic", offset));
    }

    @Test
    void a_pause_of_the_fleet_is_applied_while_an_isolation_is_blocked() throws InterruptedException {
        var began = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        before = () -> {
            began.countDown();
            uninterruptibly(free);
        };
        var rounds = new PeriodicThread("isolate", Duration.ofMillis(10), woken -> line.runOnce());
        rounds.start();
        say(FIRST, 1);
        began.await();

        say(Scope.FLEET, 2);
        say(Scope.job(7), 3);

        assertThat(applied).containsExactly("fleet 2", "job/7 3");
        free.countDown();
        rounds.close();
        assertThat(applied).containsExactly("fleet 2", "job/7 3", "job/7/tenant/a 1");
    }

    @Test
    void of_a_tenants_records_that_wait_the_last_one_is_applied() {
        say(FIRST, 1);
        say(SECOND, 2);
        say(FIRST, 3);
        line.runOnce();
        line.runOnce();
        assertThat(applied).containsExactly("job/7/tenant/b 2", "job/7/tenant/a 3");
    }

    @Test
    void a_record_that_comes_while_an_older_one_is_applied_follows_it() {
        before = () -> {
            before = () -> {};
            say(FIRST, 2);
        };
        say(FIRST, 1);
        line.runOnce();
        line.runOnce();
        assertThat(applied).containsExactly("job/7/tenant/a 1", "job/7/tenant/a 2");
    }

    @Test
    void what_could_not_be_applied_is_tried_again_behind_the_others() {
        before = () -> {
            before = () -> {};
            throw new IllegalStateException("gave way");
        };
        say(FIRST, 1);
        say(SECOND, 2);
        line.runOnce();
        assertThat(applied).containsExactly("job/7/tenant/b 2");
        line.runOnce();
        assertThat(applied).containsExactly("job/7/tenant/b 2", "job/7/tenant/a 1");
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
