package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.query.tenant.TenantPage;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.query.tenant.TenantStatus;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a page of 432,000 tenants costs, in index entries and rows read: as many as it has tenants, times a few. */
@Tag("server")
class ManyTenantsTest {
    private static final int TENANTS = 432_000;

    private static final String READ = """
            select pg_stat_get_xact_tuples_returned('t'::regclass) + pg_stat_get_xact_tuples_returned('t_pkey'::regclass)
            """;

    private static TestDatabase db;
    private static long job;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("create table t (tenant integer, id bigint, n integer, primary key (tenant, id))");
        db.run("insert into t select i, i from generate_series(1, " + TENANTS + ") i union all "
                + "select 77, i from generate_series(1000001, 1200000) i");
        db.run("vacuum analyze t");
        job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\ntenant: tenant\nshard: { rows: 10000 }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    private static long read(@Nullable String after, int limit) {
        return db.database.jdbi().inTransaction(handle -> {
            var definition = new JobStore(handle).definition(job).orElseThrow();
            var before = handle.createQuery(READ).mapTo(Long.class).one();
            assertThat(new TenantStore(handle, job, definition).page(TenantStore.From.after(after), limit))
                    .hasSize(limit);
            return handle.createQuery(READ).mapTo(Long.class).one() - before;
        });
    }

    @Test
    void a_page_reads_a_few_entries_for_each_of_its_tenants_wherever_it_is() {
        assertThat(read("1000", 100)).isLessThan(1_000);
        assertThat(read("431000", 100)).isLessThan(1_000);
        assertThat(read("1000", 1_000)).isLessThan(10_000);
    }

    @Test
    void a_tenant_of_any_size_is_counted_up_to_a_limit() {
        // 2,000,000 rows on a page, so 20,000 of each of a hundred tenants.
        assertThat(read("76", 100)).isBetween(20_000L, 25_000L);
    }

    @Test
    void a_state_that_few_are_in_is_looked_for_in_so_many_tenants_and_no_more() {
        var page = page(Set.of(TenantState.DONE), null);
        assertThat(page.tenants()).isEmpty();
        assertThat(page.next()).isEqualTo("10000");
        var last = page(Set.of(), String.valueOf(TENANTS - 2));
        assertThat(last.tenants()).extracting(TenantStatus::tenant).isEqualTo(List.of("431999", "432000"));
        assertThat(last.next()).isNull();
    }

    @Test
    void a_state_that_shards_tell_is_found_wherever_it_is() throws SQLException {
        var control = new PostgresControl(db.database);
        for (var tenant : List.of("301234", "431000")) {
            control.apply(
                    Scope.tenant(job, tenant), new ControlRecord(DesiredState.PAUSE, null, null), Optional.empty());
        }
        db.run("update backfleet.shard set state = 'FAILED', error = 'no', error_code = '22001', "
                + "cursor = array['200000', '200000'] where lower[1]::int <= 200000 and upper[1]::int > 200001");
        assertThat(page(Set.of(TenantState.PAUSED), null).tenants())
                .extracting(TenantStatus::tenant)
                .containsExactly("301234", "431000");
        assertThat(page(Set.of(TenantState.PAUSED), "301234").tenants())
                .extracting(TenantStatus::tenant)
                .containsExactly("431000");
        assertThat(page(Set.of(TenantState.PAUSED), "431000").tenants()).isEmpty();
        assertThat(page(Set.of(TenantState.FAILED, TenantState.PAUSED), null).tenants())
                .extracting(TenantStatus::tenant)
                .startsWith("200001", "200002");
    }

    private static TenantPage page(Set<TenantState> states, @Nullable String after) {
        return new PostgresTenants(db.database).page(job, states, after, 1_000).orElseThrow();
    }
}
