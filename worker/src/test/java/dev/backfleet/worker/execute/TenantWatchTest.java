package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** A worker stops a shard that may have rows of a paused tenant, and no other. */
class TenantWatchTest {
    private final FakeShardStore store = new FakeShardStore();
    private final TenantWatch watch = new TenantWatch(store, Samples.tenantClaim());

    @Test
    void nothing_is_asked_while_no_tenant_is_paused() {
        assertThat(watch.mustStop(Set.of())).isFalse();
        assertThat(store.asked()).isEmpty();
    }

    @Test
    void a_shard_that_may_have_rows_of_a_paused_tenant_is_stopped() {
        store.answers(true);
        assertThat(watch.mustStop(Set.of("x"))).isTrue();
    }

    @Test
    void a_tenant_that_is_elsewhere_is_asked_for_once() {
        store.answers(false).answers(true);
        assertThat(watch.mustStop(Set.of("x"))).isFalse();
        assertThat(watch.mustStop(Set.of("x"))).isFalse();
        assertThat(store.asked()).containsExactly("reaches x");
        assertThat(watch.mustStop(Set.of("x", "y"))).isTrue();
        assertThat(store.asked()).containsExactly("reaches x", "reaches y");
    }

    @Test
    void what_cannot_be_found_out_is_no_leave_to_go_on() {
        store.refuses("08006");
        assertThat(watch.mustStop(Set.of("x"))).isTrue();
    }

    @Test
    void shards_that_do_not_follow_tenants_have_none() {
        assertThat(new TenantWatch(store, Samples.claim()).mustStop(Set.of("x")))
                .isFalse();
        assertThat(store.asked()).isEmpty();
    }
}
