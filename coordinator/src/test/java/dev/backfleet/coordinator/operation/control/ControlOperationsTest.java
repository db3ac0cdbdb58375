package dev.backfleet.coordinator.operation.control;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.control.ControlStore.Hold;
import dev.backfleet.coordinator.operation.control.Resume.Partitions;
import dev.backfleet.coordinator.operation.control.StopWork.StopUnconfirmedException;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pause, resume and cancel without a command line: what they do, refuse and write down. */
@Tag("server")
class ControlOperationsTest {
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
    void runningJob() {
        job = bench.job("");
    }

    @Test
    void a_pause_is_proven_audited_and_published() {
        var stopped = bench.stop().pause(ANN, ControlSubject.job("j"), "lag", true);
        assertThat(stopped.state()).hasValue(JobState.PAUSED);
        assertThat(stopped.proven()).hasValue(true);
        assertThat(bench.audit()).containsExactly("ann j pause RUNNING > lag");
        assertThat(bench.published).containsExactly("job/" + job + " PAUSE by ann");
        assertThat(bench.ask("select reason from backfleet.job")).isEqualTo("paused by ann: lag");
    }

    @Test
    void without_waiting_a_stop_is_stored_and_not_proven() {
        assertThat(bench.stop().pause(ANN, ControlSubject.job("j"), null, false).proven())
                .isEmpty();
        assertThat(bench.ask("select state from backfleet.job")).isEqualTo("PAUSING");
        assertThat(bench.audit()).containsExactly("ann j pause RUNNING >");
        assertThat(bench.stop().cancel(ANN, "j", null, false).state()).hasValue(JobState.CANCELLING);
    }

    @Test
    void the_fleet_and_a_tenant_are_paused_and_resumed_under_the_actors_name() {
        var api = new Actor("bob", "api", null, null);
        bench.stop().pause(ANN, ControlSubject.FLEET, "night", true);
        bench.resume().run(api, ControlSubject.FLEET, Optional.empty());
        var tenant = bench.stop().pause(ANN, ControlSubject.tenant("j", "01"), null, true);
        assertThat(tenant.scope()).isEqualTo(Scope.tenant(job, "1"));
        bench.resume().run(ANN, ControlSubject.tenant("j", "1"), Optional.empty());
        assertThat(bench.audit())
                .containsExactly(
                        "ann - pause > the fleet night",
                        "api:bob - resume > the fleet",
                        "ann j pause > tenant 1",
                        "ann j resume > tenant 1");
    }

    @Test
    void a_job_is_resumed_and_its_state_returned() {
        bench.state("PAUSED");
        var resumed = bench.resume().run(ANN, ControlSubject.job("j"), Optional.empty());
        assertThat(resumed.state()).hasValue(JobState.RUNNING);
        assertThat(resumed.wasHeld()).isTrue();
        assertThat(resumed.stillHeld()).isEmpty();
        assertThat(bench.audit()).containsExactly("ann j resume PAUSED >");
    }

    @Test
    void a_resume_tells_what_was_not_paused_and_what_still_is() {
        assertThat(bench.resume()
                        .run(ANN, ControlSubject.job("j"), Optional.empty())
                        .wasHeld())
                .isFalse();
        bench.stop().pause(ANN, ControlSubject.FLEET, "disk", true);
        bench.stop().pause(ANN, ControlSubject.tenant("j", "1"), null, true);
        bench.stop().pause(ANN, ControlSubject.job("j"), null, true);
        var job = bench.resume().run(ANN, ControlSubject.job("j"), Optional.empty());
        assertThat(job.wasHeld()).isTrue();
        assertThat(job.stillHeld()).extracting(Hold::scope).containsExactly(Scope.FLEET, Scope.tenant(this.job, "1"));
        assertThat(job.stillHeld().get(0).by()).isEqualTo("ann");
        assertThat(job.stillHeld().get(0).reason()).isEqualTo("disk");
        bench.stop().pause(ANN, ControlSubject.job("j"), null, true);
        var fleet = bench.resume().run(ANN, ControlSubject.FLEET, Optional.empty());
        assertThat(fleet.wasHeld()).isTrue();
        assertThat(fleet.stillHeld()).extracting(Hold::name).containsExactly("j");
        var tenant = bench.resume().run(ANN, ControlSubject.tenant("j", "1"), Optional.empty());
        assertThat(tenant.wasHeld()).isTrue();
        assertThat(tenant.stillHeld()).extracting(Hold::scope).containsExactly(Scope.job(this.job));
        assertThat(bench.resume()
                        .run(ANN, ControlSubject.tenant("j", "1"), Optional.empty())
                        .wasHeld())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"SUCCEEDED", "FAILED"})
    void a_finished_job_is_neither_paused_nor_cancelled_nor_resumed(String state) {
        bench.state(state);
        bench.assertRefused(Code.CONFLICT, "job j is " + state + ": it cannot be paused", () -> bench.stop()
                .pause(ANN, ControlSubject.job("j"), null, true));
        bench.assertRefused(Code.CONFLICT, "job j is " + state + ": it cannot be cancelled", () -> bench.stop()
                .cancel(ANN, "j", null, true));
        bench.assertRefused(Code.CONFLICT, "job j is " + state + ": it cannot be resumed", () -> bench.resume()
                .run(ANN, ControlSubject.job("j"), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"PAUSED", "HALTED"})
    void a_job_that_runs_to_its_end_while_its_resume_is_published_was_resumed(String before) {
        bench.state(before);
        bench.whilePublishing = () -> bench.state("SUCCEEDED");
        try {
            assertThat(bench.resume()
                            .run(ANN, ControlSubject.job("j"), Optional.empty())
                            .state())
                    .hasValue(JobState.SUCCEEDED);
            bench.state(before);
            bench.whilePublishing = () -> bench.state("CANCELLED");
            assertThatThrownBy(() -> bench.resume().run(ANN, ControlSubject.job("j"), Optional.empty()))
                    .hasMessage("job j is CANCELLED: it cannot be resumed");
        } finally {
            bench.whilePublishing = () -> {};
        }
    }

    @Test
    void what_is_not_there_is_not_found() {
        bench.assertRefused(Code.NOT_FOUND, "no job x: 'backfleet jobs' lists them", () -> bench.stop()
                .pause(ANN, ControlSubject.job("x"), null, true));
        bench.assertRefused(
                Code.NOT_FOUND,
                "job " + job + " has no tenant 9: 'backfleet tenants " + job + "' lists them",
                () -> bench.stop().pause(ANN, ControlSubject.tenant("j", "9"), null, true));
        bench.rows.execute("update backfleet.job set definition = jsonb_set(definition, '{tenantLed}', 'false')");
        bench.assertRefused(
                Code.INVALID,
                "the shards of job " + job
                        + " do not follow tenants: its spec names no tenant, or no index starts with it"
                        + " and continues with the key",
                () -> bench.stop().pause(ANN, ControlSubject.tenant("j", "1"), null, true));
    }

    @Test
    void a_halted_job_whose_pins_are_not_back_is_refused_whole_also_if_partitions_are_left_out() {
        bench.state("HALTED");
        bench.rows.execute("alter table t rename n to m");
        try {
            bench.assertRefused(
                    Code.NOT_NOW,
                    "job j is HALTED, and its table does not match the job's snapshot: the column n is called m now",
                    () -> bench.resume().run(ANN, ControlSubject.job("j"), Optional.of(Partitions.LEAVE)));
        } finally {
            bench.rows.execute("alter table t rename m to n");
        }
        bench.resume().run(ANN, ControlSubject.job("j"), Optional.of(Partitions.LEAVE));
        assertThat(bench.audit()).containsExactly("ann j leave partitions out > leave", "ann j resume HALTED >");
    }

    // The look came before; the refusal is made with the job's row locked.
    @Test
    void a_job_that_ends_after_the_check_gets_no_control_record() {
        bench.state("SUCCEEDED");
        var control = new PostgresControl(bench.database());
        assertThat(control.request(Scope.job(job), new ControlRecord(DesiredState.PAUSE, null, "ann"), ANN))
                .isEmpty();
        assertThat(bench.audit()).isEmpty();
        assertThat(bench.ask("select count(*) from backfleet.control")).isEqualTo("0");
    }

    @Test
    void without_an_audit_nothing_is_stored() {
        bench.assertNothingWithoutAudit(() -> bench.stop().pause(ANN, ControlSubject.job("j"), null, true));
        bench.assertNothingWithoutAudit(() -> bench.stop().pause(ANN, ControlSubject.FLEET, null, true));
        bench.assertNothingWithoutAudit(() -> bench.stop().pause(ANN, ControlSubject.tenant("j", "1"), null, true));
        bench.assertNothingWithoutAudit(() -> bench.stop().cancel(ANN, "j", null, true));
        bench.state("PAUSED");
        bench.assertNothingWithoutAudit(() -> bench.resume().run(ANN, ControlSubject.job("j"), Optional.empty()));
    }

    // It is published at the same time as it is stored: whatever the database fails with, the workers may have read it.
    @Test
    void a_stop_that_the_database_fails_to_store_says_that_it_is_published_and_not_confirmed() {
        bench.auditRefuses(true);
        try {
            assertThatThrownBy(() -> bench.stop().pause(ANN, ControlSubject.job("j"), null, true))
                    .isInstanceOf(StopUnconfirmedException.class)
                    .hasMessageStartingWith("the pause of j is published on the control topic")
                    .hasMessageEndingWith(
                            "NOT confirmed that no more rows change: pause again when the database can be used");
            assertThatThrownBy(() -> bench.stop().cancel(ANN, "j", null, true))
                    .isInstanceOf(StopUnconfirmedException.class)
                    .hasMessageStartingWith("the cancel of j is published on the control topic");
            assertThat(bench.published)
                    .containsExactly("job/" + job + " PAUSE by ann", "job/" + job + " CANCEL by ann");
            var silent = new StopWork(
                    bench.lookup,
                    new PostgresControl(bench.database()),
                    (scope, record) -> {
                        throw new IllegalStateException("no broker");
                    },
                    Ticker.system());
            assertThatThrownBy(() -> silent.pause(ANN, ControlSubject.job("j"), null, true))
                    .isInstanceOf(StopUnconfirmedException.class)
                    .hasMessage("NOT paused: the control topic could not be written either (no broker)");
        } finally {
            bench.auditRefuses(false);
        }
    }

    @Test
    void what_only_the_topic_says_is_audited_once_under_the_name_that_it_claims() {
        var control = new PostgresControl(bench.database());
        var scope = Scope.job(job);
        var wish = new ControlRecord(DesiredState.PAUSE, null, null);
        control.apply(scope, wish, Optional.of(new ControlPosition("T", 1)));
        control.apply(scope, wish, Optional.of(new ControlPosition("T", 1)));
        control.apply(scope, wish, Optional.of(new ControlPosition("T", 2)));
        var resume = new ControlRecord(DesiredState.RUN, "done", "kim");
        control.apply(scope, resume, Optional.of(new ControlPosition("T", 3)));
        control.apply(Scope.FLEET, resume, Optional.of(new ControlPosition("T", 4)));
        assertThat(bench.audit())
                .containsExactly("topic:unknown j pause RUNNING >", "topic:kim j resume PAUSING > done");
    }

    @Test
    void a_resume_of_what_was_not_paused_is_audited_as_one_that_did_nothing() {
        bench.resume().run(ANN, ControlSubject.job("j"), Optional.empty());
        bench.resume().run(ANN, ControlSubject.FLEET, Optional.empty());
        bench.resume().run(ANN, ControlSubject.tenant("j", "1"), Optional.empty());
        var control = new PostgresControl(bench.database());
        var echo = new ControlRecord(DesiredState.RUN, null, "ann");
        for (var scope : List.of(Scope.job(job), Scope.FLEET, Scope.tenant(job, "1"))) {
            control.apply(scope, echo, Optional.of(new ControlPosition("T", 9)));
        }
        assertThat(bench.audit())
                .containsExactly(
                        "ann j resume (nothing to do) RUNNING >",
                        "ann - resume (nothing to do) > the fleet",
                        "ann j resume (nothing to do) > tenant 1");
    }

    // What was stored for the job is forgotten with its end, so the topic's record looks new.
    @Test
    void a_record_of_the_topic_for_a_job_that_has_ended_is_not_audited() {
        bench.stop().cancel(ANN, "j", null, true);
        bench.stop().cancel(ANN, "j", null, true);
        bench.rows.execute("delete from backfleet.control");
        var echo = new ControlRecord(DesiredState.CANCEL, null, "ann");
        new PostgresControl(bench.database()).apply(Scope.job(job), echo, Optional.of(new ControlPosition("T", 9)));
        assertThat(bench.audit()).containsExactly("ann j cancel RUNNING >");
    }

    @Test
    void what_a_command_has_stored_is_not_audited_again_when_the_topic_repeats_it() {
        bench.stop().pause(ANN, ControlSubject.tenant("j", "1"), "lag", true);
        bench.stop().pause(ANN, ControlSubject.job("j"), "lag", true);
        var control = new PostgresControl(bench.database());
        var wish = new ControlRecord(DesiredState.PAUSE, "lag", "ann");
        assertThat(control.apply(Scope.job(job), wish, Optional.of(new ControlPosition("T", 9))))
                .isTrue();
        assertThat(control.apply(Scope.tenant(job, "1"), wish, Optional.of(new ControlPosition("T", 9))))
                .isTrue();
        assertThat(bench.audit()).containsExactly("ann j pause > tenant 1 lag", "ann j pause RUNNING > lag");
    }
}
