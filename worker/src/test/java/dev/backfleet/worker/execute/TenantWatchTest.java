package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** A worker stops a shard that may have rows of a paused tenant, and no other. */
class TenantWatchTest {
    private final TenantWatch watch = new TenantWatch(Samples.tenantClaim());

    @Test
    void nothing_is_asked_while_no_tenant_is_paused() {
        assertThat(watch.unknown(() -> Set.of())).isEmpty();
        assertThat(watch.mustStop()).isFalse();
    }

    @Test
    void a_shard_that_may_have_rows_of_a_paused_tenant_is_stopped() {
        assertThat(watch.unknown(() -> Set.of("x"))).hasValue("x");
        watch.found("x", true);
        assertThat(watch.mustStop()).isTrue();
        assertThat(watch.unknown(() -> Set.of("x", "y"))).isEmpty();
    }

    @Test
    void a_tenant_that_is_elsewhere_is_asked_for_once() {
        watch.found("x", false);
        assertThat(watch.unknown(() -> Set.of("x"))).isEmpty();
        assertThat(watch.mustStop()).isFalse();
        assertThat(watch.unknown(() -> Set.of("x", "y"))).hasValue("y");
    }

    @Test
    void shards_that_do_not_follow_tenants_have_none() {
        assertThat(new TenantWatch(Samples.claim()).unknown(() -> {
                    throw new AssertionError("looked for with each batch, though there are none");
                }))
                .isEmpty();
    }
}
