package dev.backfleet.coordinator.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.postgres.quarantine.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.query.quarantine.ListQuarantine;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each question without a command line: whom it answers, and what it refuses. */
@Tag("server")
class QueriesTest {
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final PostgresQueries queries = new PostgresQueries(rows.database());
    private final Lookup lookup = new Lookup(queries);

    @BeforeAll
    static void open() {
        rows = new ControlRows();
        rows.job("j", "RUNNING");
        rows.worker("w", true);
        rows.pauseFleet("ann", "night");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    private static void assertRefused(Code code, String message, ThrowingCallable question) {
        var refused = catchThrowableOfType(OperationRefused.class, question);
        assertThat(refused).hasMessage(message);
        assertThat(refused.code()).isEqualTo(code);
    }

    @Test
    void a_status_is_asked_by_name_and_by_id() {
        var status = new ShowStatus(lookup, queries);
        assertThat(status.run("j").job().name()).isEqualTo("j");
        assertThat(status.run(status.run("j").job().id()).fleet().paused()).isTrue();
        assertRefused(Code.NOT_FOUND, "no job x: 'backfleet jobs' lists them", () -> status.run("x"));
        assertRefused(Code.NOT_FOUND, "job 77 no longer exists", () -> status.run(77));
    }

    @Test
    void lists_come_with_what_concerns_all_of_them() {
        assertThat(new ListJobs(queries).run(true).jobs())
                .extracting(JobStatus::name)
                .containsExactly("j");
        assertThat(new ListJobs(queries).run(true).fleet().by()).isEqualTo("ann");
        assertThat(new ListWorkers(queries).run().workers())
                .extracting(WorkerStatus::id)
                .containsExactly("w");
        assertThat(new ListWorkers(queries).run().fleet().paused()).isTrue();
    }

    @Test
    void pages_are_refused_that_are_none() {
        var tenants = new ListTenants(lookup, new PostgresTenants(rows.database()));
        assertRefused(Code.INVALID, "--limit must be between 1 and 1000", () -> tenants.run("j", Set.of(), null, 0));
        assertRefused(
                Code.NOT_FOUND, "no job x: 'backfleet jobs' lists them", () -> tenants.run("x", Set.of(), null, 1));
        var quarantine = new ListQuarantine(lookup, new PostgresQuarantine(rows.database()));
        assertRefused(Code.INVALID, "--limit must be between 1 and 1000", () -> quarantine.run("j", 0, 1_001));
        assertRefused(Code.NOT_FOUND, "no job x: 'backfleet jobs' lists them", () -> quarantine.run("x", 0, 1));
    }
}
