package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.query.tenant.TenantPage;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.query.tenant.TenantStatus;
import dev.backfleet.coordinator.query.tenant.TenantStatus.Rows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tenants of a job, a page at a time. */
@Tag("server")
class TenantPageTest {
    private static TestDatabase db;
    private long job;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    /** Tenants 1 to 9 have ten times their number of rows, tenant 5 has 20,000. */
    @BeforeEach
    void plan() throws SQLException {
        db.run(
                "create table t (tenant integer, id bigint generated always as identity, n integer, primary key (tenant, id))");
        db.run("insert into t (tenant) select tenant from generate_series(1, 9) tenant, "
                + "generate_series(1, case tenant when 5 then 20000 else tenant * 10 end) i");
        db.run("analyze t");
        job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\ntenant: tenant\nshard: { rows: 5000 }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table t; delete from backfleet.job; delete from backfleet.control");
    }

    private TenantPage page(Set<TenantState> states, @Nullable String after, int limit) {
        return new PostgresTenants(db.database).page(job, states, after, limit).orElseThrow();
    }

    private TenantStatus tenant(int tenant) {
        return page(Set.of(), String.valueOf(tenant - 1), 1).tenants().get(0);
    }

    @Test
    void pages_follow_each_other_to_the_last_tenant() {
        var seen = new ArrayList<String>();
        String after = null;
        do {
            var page = page(Set.of(), after, 4);
            page.tenants().forEach(tenant -> seen.add(tenant.tenant()));
            after = page.next();
        } while (after != null);
        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 9).mapToObj(String::valueOf).toList());
    }

    @Test
    void rows_are_counted_on_a_short_page_and_a_large_tenants_estimated_on_a_long_one() {
        assertThat(tenant(3).rows()).isEqualTo(Rows.counted(30, 0));
        assertThat(tenant(3).shared()).isTrue();
        assertThat(tenant(5).rows()).isEqualTo(Rows.counted(20_000, 0));
        assertThat(tenant(5).shared()).isFalse();
        assertThat(tenant(5).shards()).isEqualTo(4);
        var onALongPage = page(Set.of(), null, 1_000).tenants().get(4);
        assertThat(onALongPage.rows()).isEqualTo(Rows.about(20_000, 0));
        assertThat(onALongPage.percent()).isZero();
    }

    @Test
    void nothing_is_guessed_of_the_rows_of_a_large_tenant_that_shares_a_shard() throws SQLException {
        db.run("delete from backfleet.job");
        job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\ntenant: tenant\nshard: { rows: 50000 }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
        db.run(
                "update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now(), rows_walked = 15000, "
                        + "cursor = (select array[tenant::text, id::text] from t where tenant = 5 order by id offset 14899 limit 1)");
        var five = page(Set.of(), null, 1_000).tenants().get(4);
        assertThat(five.shared()).isTrue();
        assertThat(five.rows()).isEqualTo(Rows.atLeast(10_000));
        assertThat(five.percent()).isNull();
        assertThat(tenant(5).rows()).isEqualTo(Rows.counted(20_000, 14_900));
        assertThat(tenant(5).percent()).isEqualTo(74.5);
        db.run("update backfleet.shard set state = 'DONE', worker = null, lease_until = null, cursor = upper");
        assertThat(page(Set.of(), null, 1_000).tenants().get(4).percent()).isEqualTo(100);
    }

    @Test
    void the_state_follows_the_checkpoint() throws SQLException {
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now(), rows_walked = 45, "
                + "cursor = (select array[tenant::text, id::text] from t where tenant = 3 order by id offset 14 limit 1) "
                + "where lower is null");
        assertThat(tenant(2).state()).isEqualTo(TenantState.DONE);
        assertThat(tenant(2).percent()).isEqualTo(100);
        assertThat(tenant(3).state()).isEqualTo(TenantState.RUNNING);
        assertThat(tenant(3).rows()).isEqualTo(Rows.counted(30, 15));
        assertThat(tenant(3).percent()).isEqualTo(50);
        assertThat(tenant(4).state()).isEqualTo(TenantState.RUNNING);
        assertThat(tenant(6).state()).isEqualTo(TenantState.PENDING);
    }

    @Test
    void a_large_tenant_is_done_when_its_own_shards_are() throws SQLException {
        db.run("update backfleet.shard set state = 'DONE', cursor = upper, rows_walked = 5000 where upper[1] = '5'");
        assertThat(tenant(5).state()).isEqualTo(TenantState.DONE);
        assertThat(tenant(5).rows()).isEqualTo(Rows.counted(20_000, 20_000));
        assertThat(tenant(5).shards()).isEqualTo(4);
        assertThat(tenant(6).state()).isEqualTo(TenantState.PENDING);
    }

    @Test
    void a_failed_shard_leaves_its_tenants_behind_the_checkpoint_done_and_the_others_failed() throws SQLException {
        db.run(
                "update backfleet.shard set state = 'FAILED', error = 'no', error_code = '22001', "
                        + "cursor = (select array[tenant::text, max(id)::text] from t where tenant = 3 group by tenant) where lower is null");
        assertThat(tenant(3).state()).isEqualTo(TenantState.DONE);
        assertThat(tenant(4).state()).isEqualTo(TenantState.FAILED);
        assertThat(tenant(4).error()).isEqualTo("shard 1: 22001: no");
        assertThat(page(Set.of(TenantState.FAILED), null, 10).tenants())
                .extracting(TenantStatus::tenant)
                .containsExactly("4");
    }

    @Test
    void a_paused_tenant_is_distinguished_from_its_neighbours() {
        new PostgresControl(db.database)
                .apply(Scope.tenant(job, "7"), new ControlRecord(DesiredState.PAUSE, null, null), Optional.empty());
        var page = page(Set.of(TenantState.PAUSED), null, 10);
        assertThat(page.tenants()).extracting(TenantStatus::tenant).containsExactly("7");
        assertThat(page.next()).isNull();
        assertThat(page.tenants().get(0).shared()).isFalse();
    }

    @Test
    void what_the_column_cannot_hold_has_no_page() {
        assertThat(new PostgresTenants(db.database).page(job, Set.of(), "x", 10))
                .isEmpty();
    }
}
