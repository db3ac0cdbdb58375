package dev.backfleet.coordinator.operation.quarantine;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.control.Resume;
import dev.backfleet.coordinator.operation.quarantine.DropRows.Dropped;
import dev.backfleet.coordinator.operation.quarantine.RetryQuarantine.Retried;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows in quarantine without a command line: retried, dropped, and with another expression. */
@Tag("server")
class QuarantineOperationsTest {
    private static final Optional<List<String>> ALL = Optional.empty();
    private static final Optional<List<String>> FIRST = Optional.of(List.of("1", "1"));
    private static final Optional<List<String>> MISSING = Optional.of(List.of("1", "3"));
    private static final Map<Identifier, SqlExpression> AS_IT_WAS = Map.of();

    private static Bench bench;

    private long job;

    @BeforeAll
    static void open() {
        bench = new Bench();
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @BeforeEach
    void twoRowsInQuarantine() {
        job = bench.job("");
        bench.quarantine(1, 2);
    }

    private static Map<Identifier, SqlExpression> set(String column, String expression) {
        return Map.of(Identifier.of(column), SqlExpression.parse(expression));
    }

    private Retried retry(Optional<List<String>> key, Map<Identifier, SqlExpression> set) throws InterruptedException {
        return bench.retryQuarantine().run(ANN, "j", key, set);
    }

    @Test
    void rows_are_retried_after_the_retry_was_audited() throws InterruptedException {
        bench.assertNothingWithoutAudit(() -> retry(ALL, AS_IT_WAS));
        assertThat(retry(FIRST, AS_IT_WAS)).isEqualTo(new Retried(job, 1, 0, 0, 0, 0, JobState.RUNNING));
        assertThat(retry(ALL, AS_IT_WAS)).isEqualTo(new Retried(job, 1, 0, 0, 0, 0, JobState.RUNNING));
        assertThat(bench.audit())
                .containsExactly("ann j quarantine retry > key [1, 1]", "ann j quarantine retry > 1 row");
        assertThat(bench.ask("select sum(n) from t")).isEqualTo("2");
    }

    @Test
    void no_row_of_a_paused_job_or_fleet_is_retried() {
        bench.state("PAUSED");
        bench.assertRefused(
                Code.NOT_NOW,
                "job j is PAUSED: its rows are not changed; 'backfleet resume j' resumes it",
                () -> retry(ALL, AS_IT_WAS));
        bench.assertRefused(
                Code.NOT_NOW,
                "job j is PAUSED: its rows are not changed; 'backfleet resume j' resumes it, then repeat the command; --set "
                        + "without --retry replaces the expression now",
                () -> retry(ALL, set("n", "n + 2")));
        bench.state("CANCELLED");
        bench.assertRefused(Code.CONFLICT, "job j is CANCELLED: its rows are not changed", () -> retry(ALL, AS_IT_WAS));
        bench.state("RUNNING");
        bench.rows.pauseFleet("kim", "night");
        bench.assertRefused(
                Code.NOT_NOW,
                "the fleet is paused: no row is changed; 'backfleet resume' resumes it",
                () -> retry(ALL, AS_IT_WAS));
    }

    @Test
    void a_key_that_cannot_be_meant_is_refused_before_anything_is_replaced() {
        bench.state("SUCCEEDED");
        bench.assertRefused(
                Code.INVALID,
                "no row with the key (1, 3) is in quarantine: 'backfleet quarantine j' lists them",
                () -> retry(MISSING, AS_IT_WAS));
        bench.assertRefused(
                Code.INVALID,
                "the key of j is (tenant, id): give --key once for each column",
                () -> retry(Optional.of(List.of("1")), AS_IT_WAS));
    }

    @Test
    void a_retry_that_ends_in_the_middle_says_how_far_it_went() {
        bench.rows.execute("update backfleet.job set factor = 0");
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        OperationRefused.class, () -> retry(ALL, AS_IT_WAS)))
                .hasMessage("the throttle has stopped j, or it is outside of its time window (before that: 0 changed)")
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(Code.NOT_NOW));
    }

    @Test
    void rows_are_dismissed_and_it_is_audited() {
        bench.assertNothingWithoutAudit(() -> bench.dropRows().run(ANN, "j", ALL));
        assertThat(bench.dropRows().run(ANN, "j", FIRST)).isEqualTo(new Dropped(job, 1));
        bench.assertRefused(
                Code.INVALID,
                "no row with the key (1, 1) is in quarantine: 'backfleet quarantine j' lists them",
                () -> bench.dropRows().run(ANN, "j", FIRST));
        bench.assertRefused(Code.NOT_FOUND, "no job x: 'backfleet jobs' lists them", () -> bench.dropRows()
                .run(ANN, "x", ALL));
        assertThat(bench.audit()).containsExactly("ann j quarantine drop > key [1, 1], 23514: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUNNING", "HALTED", "SUCCEEDED", "FAILED"})
    void one_command_replaces_the_expression_and_retries_the_rows(String state) throws InterruptedException {
        bench.state(state);
        assertThat(retry(ALL, set("n", "n + 7"))).isEqualTo(new Retried(job, 2, 0, 0, 0, 0, JobState.valueOf(state)));
        assertThat(bench.ask("select sum(n) || ' ' || min(n) from t")).isEqualTo("14 0");
        assertThat(bench.ask("select quarantined || ' ' || state from backfleet.job"))
                .isEqualTo("0 " + state);
    }

    @Test
    void rows_of_a_halted_job_whose_table_has_changed_are_not_retried() {
        bench.state("HALTED");
        bench.rows.execute("alter table t alter n type bigint");
        try {
            bench.assertRefused(
                    Code.NOT_NOW,
                    "job j is HALTED, and its table does not match the job's snapshot: the column n was integer and is bigint",
                    () -> retry(ALL, set("n", "n + 7")));
        } finally {
            bench.rows.execute("alter table t alter n type integer");
        }
    }

    @Test
    void a_resume_tells_that_the_next_rejected_row_halts_the_job_again() throws InterruptedException {
        bench.state("HALTED");
        bench.rows.execute("update backfleet.job set budget_rows = 2, error = 'error budget spent'");
        var job = ControlSubject.job("j");
        assertThat(bench.resume().run(ANN, job, Optional.empty()).spent())
                .hasValue(new Resume.SpentBudget(2, 2, "0.1%"));
        retry(FIRST, AS_IT_WAS);
        assertThat(bench.resume().run(ANN, job, Optional.empty()).spent()).isEmpty();
    }

    @Test
    void an_expression_is_replaced_and_checked_as_at_submission() throws InterruptedException {
        var replace = bench.replaceExpressions();
        for (var state : List.of("PLANNING", "CANCELLING", "CANCELLED")) {
            bench.state(state);
            bench.assertRefused(
                    state.equals("PLANNING") ? Code.NOT_NOW : Code.CONFLICT,
                    "job " + job + " is " + state + ": its expressions are not replaced"
                            + (state.equals("PLANNING") ? "; repeat the command when it is RUNNING" : ""),
                    () -> replace.run(ANN, "j", set("n", "n + 2")));
        }
        bench.state("SUCCEEDED");
        bench.assertRefused(
                Code.INVALID, "--set m: the job does not set this column", () -> replace.run(ANN, "j", set("m", "1")));
        bench.assertRefused(
                Code.INVALID,
                "--set n: PostgreSQL rejects the expression: column \"nothing\" does not exist",
                () -> replace.run(ANN, "j", set("n", "nothing")));
        bench.assertNothingWithoutAudit(() -> replace.run(ANN, "j", set("n", "n + 2")));
        replace.run(ANN, "j", set("n", "n + 2"));
        assertThat(retry(ALL, set("n", "n + 5")).changed()).isEqualTo(2);
        assertThat(bench.ask("select n from t where id = 1")).isEqualTo("5");
        assertThat(bench.audit())
                .containsExactly(
                        "ann j set set.n n + 1 > n + 2",
                        "ann j set set.n n + 2 > n + 5",
                        "ann j quarantine retry > 2 rows");
    }

    @Test
    void an_expression_for_the_whole_job_cannot_be_given_for_one_row() {
        bench.assertRefused(
                Code.INVALID,
                "--key chooses one row, and --set replaces the expression for every row of j: they cannot be combined; leave --key "
                        + "out to retry all rows with the new expression, or correct the row's data and retry it by --key alone",
                () -> retry(FIRST, set("n", "n + 5")));
        assertThat(bench.audit()).isEmpty();
        assertThat(bench.ask("select definition #>> '{set,0,expression}' from backfleet.job"))
                .isEqualTo("n + 1");
    }
}
