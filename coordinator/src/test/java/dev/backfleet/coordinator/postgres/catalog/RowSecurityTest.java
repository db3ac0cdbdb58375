package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A table whose policies hide rows is refused with the policy and the remedy. */
@Tag("server")
class RowSecurityTest {
    private static final AtomicInteger ROLES = new AtomicInteger();
    private static final String SPEC = "name: a\ntable: doc\nset: { n: n + 1 }\n";

    private final TestDatabase test = TestDatabase.open();
    private final String role = "rls_" + ROLES.incrementAndGet();

    @BeforeEach
    void prepare() throws SQLException {
        test.run("create role " + role + " login");
        test.run("create table doc (id bigint primary key, tenant int not null, n int not null default 0)");
        test.run("insert into doc select i, i / 1000, 0 from generate_series(1, 1000) i");
        test.run("alter table doc enable row level security");
        test.run("grant select, update on doc to " + role);
        test.run("grant usage on schema backfleet to " + role);
        test.run("grant all on all tables in schema backfleet to " + role);
        test.run("grant all on all sequences in schema backfleet to " + role);
    }

    @AfterEach
    void close() throws SQLException {
        test.close();
    }

    private SubmitJob.Submitted submit() {
        var profile = new Database.Profile("test", 2, List.of(), Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(test.url + "&user=" + role), profile)) {
            return new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database))
                    .run(Actor.commandLine("me"), SpecParser.parse("s.yaml", SPEC));
        }
    }

    @Test
    void a_policy_that_may_hide_rows_is_named_at_submission() throws SQLException {
        test.run("create policy mine on doc to " + role + " using (tenant < 50)");
        assertThatThrownBy(this::submit)
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("row security of doc may hide rows from role " + role + " (policy mine)")
                .hasMessageContaining("bypassrls");
        assertThat(test.ask("select count(*) from backfleet.job")).isEqualTo("0");
    }

    @Test
    void a_table_that_was_dropped_a_moment_ago_is_no_bug() {
        var gone = new JobDefinition.Table(1, "public", "gone");
        assertThat(new PostgresCatalog(test.database).rowSecurity(List.of(gone)))
                .isEmpty();
    }

    @Test
    void row_security_without_a_policy_hides_every_row_and_is_refused() {
        assertThatThrownBy(this::submit)
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("there is no policy for the role");
    }

    @Test
    void the_owner_under_forced_row_security_is_refused_and_otherwise_only_noted() throws SQLException {
        test.run("create policy mine on doc using (tenant = 1)");
        test.run("alter table doc owner to " + role);
        assertThat(TestDatabase.notes(submit())).anyMatch(note -> note.contains("row security is on for doc"));
        test.run("update backfleet.job set state = 'CANCELLED', finished_at = now()");
        test.run("alter table doc force row level security");
        assertThatThrownBy(this::submit).isInstanceOf(SpecException.class).hasMessageContaining("policy mine");
    }

    @Test
    void a_role_with_bypassrls_sees_every_row() throws SQLException {
        test.run("create policy mine on doc using (tenant = 1)");
        test.run("alter role " + role + " bypassrls");
        assertThat(TestDatabase.notes(submit())).anyMatch(note -> note.contains("need BYPASSRLS as well"));
    }

    @Test
    void a_policy_of_a_partition_counts_because_partitions_are_worked_on_by_themselves() throws SQLException {
        test.run("drop table doc");
        test.run("create table doc (id bigint primary key, n int not null default 0) partition by range (id)");
        test.run("create table doc_low partition of doc for values from (0) to (100)");
        test.run("grant select, update on doc, doc_low to " + role);
        test.run("alter table doc_low enable row level security");
        test.run("create policy low on doc_low using (id < 10)");
        assertThatThrownBy(this::submit)
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("row security of doc_low")
                .hasMessageContaining("policy low");
    }

    @Test
    void a_policy_that_hides_rows_from_the_coordinator_alone_stops_the_planning() throws SQLException {
        test.run("create policy mine on doc to " + role + " using (tenant < 50)");
        var job = test.submit(SPEC).id();
        test.run("grant execute on all functions in schema backfleet to " + role);
        var profile = new Database.Profile("test", 2, List.of(), Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(test.url + "&user=" + role), profile)) {
            new PostgresPlans(database).plan(job);
        }
        assertThat(test.ask("select state || ' ' || error from backfleet.job"))
                .startsWith("HALTED planning: row security of doc may hide rows from role " + role + " (policy mine)")
                .contains("bypassrls");
        assertThat(test.ask("select count(*) from backfleet.shard")).isEqualTo("0");
    }
}
