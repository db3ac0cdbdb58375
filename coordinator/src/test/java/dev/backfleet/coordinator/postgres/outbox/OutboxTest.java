package dev.backfleet.coordinator.postgres.outbox;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventComposer;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.Notifier;
import dev.backfleet.coordinator.notify.PauseMeter;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each change of a state is told, once it is stored, by whoever leads. */
@Tag("server")
class OutboxTest {
    private static final ControlSubject J = ControlSubject.job("j");
    private static final long EPOCH = 5;

    private final Bench bench = new Bench();
    private final List<CloudEvent> topic = new ArrayList<>();
    private Runnable whilePublishing = () -> {};
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PauseMeter pauses = new PauseMeter(new PostgresPauses(bench.database()), registry);
    private final PostgresOutbox outbox = new PostgresOutbox(bench.database());
    private final Notifier notifier = new Notifier(
            outbox,
            new EventComposer(new PostgresQueries(bench.database()), new PostgresVerdicts(bench.database())),
            event -> List.of(),
            event -> {
                whilePublishing.run();
                topic.add(event);
            },
            pauses::completed);

    @BeforeEach
    void aLeader() {
        leads(EPOCH);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void leads(long epoch) {
        bench.rows.execute(
                "update backfleet.leader set coordinator = 'c', epoch = ?, lease_until = now() + interval '1 hour'",
                epoch);
    }

    private void tell() {
        notifier.complete(EPOCH);
        notifier.publish(EPOCH);
    }

    private List<String> told() {
        return topic.stream().map(OutboxTest::words).toList();
    }

    // type: before > after, by whom: why
    private static String words(CloudEvent event) {
        var data = EventJson.read(event.data());
        return event.type().text() + ": " + data.path("before").asText() + " > "
                + data.path("after").asText() + ", " + data.path("actor").asText() + ": "
                + data.path("reason").asText();
    }

    @Test
    void the_life_of_a_job_is_told_with_who_and_why() {
        bench.job("");
        bench.rows.execute("update backfleet.job set state = 'RUNNING', started_at = coalesce(started_at, now())");
        bench.stop().pause(ANN, J, "deploy", true);
        bench.resume().run(ANN, J, Optional.empty());
        bench.rows.execute(
                "update backfleet.job set state = 'PAUSING', trouble = '53100', reason = 'paused itself: disk'");
        bench.rows.execute("update backfleet.job set state = 'PAUSED'");
        bench.rows.execute("update backfleet.job set state = 'RUNNING', trouble = null, reason = null");
        bench.stop().cancel(ANN, "j", "no longer", true);
        tell();
        assertThat(told())
                .containsExactly(
                        "job.proposed: null > PLANNING, null: null",
                        "job.planned: PLANNING > RUNNING, null: null",
                        "job.started: PLANNING > RUNNING, null: null",
                        "job.paused: PAUSING > PAUSED, ann: deploy",
                        "job.resumed: PAUSED > RUNNING, ann: null",
                        "job.paused-itself: RUNNING > PAUSING, null: paused itself: disk",
                        "job.resumed: PAUSED > RUNNING, null: null",
                        "job.cancelled: CANCELLING > CANCELLED, ann: no longer");
        assertThat(topic)
                .extracting(CloudEvent::subject)
                .containsOnly("jobs/" + bench.ask("select id from backfleet.job"));
        assertThat(topic)
                .isSortedAccordingTo(
                        (one, other) -> Long.compare(Long.parseLong(one.id()), Long.parseLong(other.id())));
        var status = EventJson.read(topic.get(0).data()).path("status");
        assertThat(status.path("name").asText()).isEqualTo("j");
    }

    @Test
    void who_has_submitted_a_job_is_told() {
        bench.submit().run(ANN, SpecParser.parse("s.yaml", Bench.SPEC));
        tell();
        assertThat(told()).containsExactly("job.proposed: null > PLANNING, ann: null");
    }

    @Test
    void nothing_is_told_of_a_change_that_is_rolled_back() {
        bench.job("");
        tell();
        topic.clear();
        assertThatThrownBy(() -> bench.database().jdbi().useTransaction(handle -> {
                    handle.execute("update backfleet.job set state = 'HALTED', error = 'e'");
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        tell();
        assertThat(told()).isEmpty();
    }

    @Test
    void an_event_that_the_leader_could_not_send_is_sent_by_the_next_one() {
        bench.job("");
        tell();
        topic.clear();
        bench.rows.execute("update backfleet.job set state = 'HALTED', error = '22012: division by zero'");
        // The leader completes the event, is killed before it is sent, and another one leads.
        notifier.complete(EPOCH);
        var completed = bench.ask("select data from backfleet.outbox where type = 'job.halted'");
        leads(EPOCH + 1);
        notifier.complete(EPOCH + 1);
        notifier.publish(EPOCH + 1);
        assertThat(told()).containsExactly("job.halted: RUNNING > HALTED, null: 22012: division by zero");
        assertThat(topic.get(0).data()).isEqualTo(completed);
        tell();
        notifier.publish(EPOCH + 1);
        assertThat(topic).hasSize(1);
    }

    @Test
    void an_event_that_may_have_arrived_is_sent_again_before_those_that_follow() {
        bench.job("");
        tell();
        topic.clear();
        bench.state("PAUSED");
        bench.state("RUNNING");
        notifier.complete(EPOCH);
        whilePublishing = () -> {
            whilePublishing = () -> {};
            throw new IllegalStateException("no acknowledgement");
        };
        assertThatThrownBy(() -> notifier.publish(EPOCH)).hasMessage("no acknowledgement");
        notifier.publish(EPOCH);
        assertThat(told())
                .containsExactly(
                        "job.paused: RUNNING > PAUSED, null: null", "job.resumed: PAUSED > RUNNING, null: null");
    }

    @Test
    void a_coordinator_that_no_longer_leads_sends_nothing() {
        bench.job("");
        tell();
        topic.clear();
        bench.state("PAUSED");
        bench.state("RUNNING");
        bench.state("HALTED");
        notifier.complete(EPOCH);
        // It loses the lead after its first event, and the next leader sends all: it must not send the second after
        // those.
        whilePublishing = () -> {
            whilePublishing = () -> {};
            leads(EPOCH + 1);
            notifier.publish(EPOCH + 1);
        };
        notifier.publish(EPOCH);
        assertThat(told())
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("job.paused", "job.resumed", "job.halted", "job.paused");
        bench.state("RUNNING");
        notifier.complete(EPOCH);
        assertThat(bench.ask("select count(*) from backfleet.outbox where data is null"))
                .isEqualTo("1");
    }

    @Test
    void a_pause_is_counted_once_by_whichever_coordinator_completes_its_event() {
        bench.job("");
        bench.rows.execute("update backfleet.job set state = 'RUNNING', started_at = coalesce(started_at, now())");
        bench.stop().pause(ANN, J, "deploy", true);
        bench.rows.execute("update backfleet.audit set at = at - interval '40 seconds' where action = 'pause'");
        bench.rows.execute("update backfleet.job_event set at = at - interval '40 seconds' where now = 'PAUSING'");
        // The leader completes the event, and is killed before it is sent.
        notifier.complete(EPOCH);
        leads(EPOCH + 1);
        notifier.complete(EPOCH + 1);
        notifier.publish(EPOCH + 1);
        assertThat(counted("job")).isEqualTo("1 in 40 s");
        // One that paused itself counts from the moment at which a person asks for it; a job that is paused by its
        // plan, not at all.
        bench.resume().run(ANN, J, Optional.empty());
        bench.rows.execute("update backfleet.job set state = 'PAUSING', trouble = '53100', reason = 'paused itself'");
        bench.rows.execute("update backfleet.job_event set at = at - interval '20 seconds' "
                + "where now = 'PAUSING' and id = (select max(id) from backfleet.job_event)");
        bench.stop().pause(ANN, J, "deploy", true);
        notifier.complete(EPOCH + 1);
        assertThat(counted("job")).isEqualTo("2 in 40 s");
        bench.job("");
        bench.rows.execute("update backfleet.job set state = 'PLANNING'");
        bench.rows.execute("update backfleet.job set state = 'PAUSED'");
        notifier.complete(EPOCH + 1);
        assertThat(counted("job")).isEqualTo("2 in 40 s");
    }

    @Test
    void a_pause_of_the_fleet_is_counted_once_when_it_is_proven() {
        bench.rows.pauseFleet("bea", "incident");
        bench.rows.execute("update backfleet.control set said_at = now() - interval '30 seconds'");
        pauses.countFleet(EPOCH);
        assertThat(counted("fleet")).isEqualTo("0 in 0 s");
        var jobs = new PostgresJobs(bench.database(), true);
        jobs.quiesceFleetIfPaused();
        pauses.countFleet(EPOCH + 1);
        assertThat(counted("fleet")).as("it does not lead").isEqualTo("0 in 0 s");
        pauses.countFleet(EPOCH);
        leads(EPOCH + 1);
        jobs.quiesceFleetIfPaused();
        pauses.countFleet(EPOCH + 1);
        assertThat(counted("fleet")).isEqualTo("1 in 30 s");
        // The same after it was resumed, now proven by the command.
        bench.resume().run(ANN, ControlSubject.FLEET, Optional.empty());
        bench.stop().pause(ANN, ControlSubject.FLEET, "again", true);
        pauses.countFleet(EPOCH + 1);
        assertThat(counted("fleet")).isEqualTo("2 in 30 s");
    }

    private String counted(String scope) {
        var timer = CoordinatorMetric.PAUSE_QUIET.timer(registry, scope);
        return timer.count() + " in " + (long) timer.totalTime(TimeUnit.SECONDS) + " s";
    }

    @Test
    void the_fleet_is_told_of() {
        bench.rows.pauseFleet("bea", "incident");
        bench.rows.execute("update backfleet.control set reason = 'the same' where scope = 'fleet'");
        bench.rows.execute("update backfleet.control set state = 'RUN', reason = 'over' where scope = 'fleet'");
        tell();
        assertThat(told())
                .containsExactly("fleet.paused: RUN > PAUSE, bea: incident", "fleet.resumed: PAUSE > RUN, bea: over");
        assertThat(topic.get(0).subject()).isEqualTo("fleet");
    }

    @Test
    void the_throttle_waves_and_the_quarantine_are_told_of() {
        bench.job("");
        tell();
        topic.clear();
        bench.rows.execute("update backfleet.job set factor = 0.5");
        bench.rows.execute("update backfleet.job set factor = 0.2");
        bench.rows.execute("update backfleet.job set factor = 1");
        bench.rows.execute("update backfleet.job set wave = 1, wave_done_at = now()");
        bench.quarantine(7, 8);
        bench.quarantine(9);
        tell();
        // Growth is told when 15 minutes are over.
        bench.rows.execute("update backfleet.outbox set at = at - interval '16 minutes'");
        tell();
        tell();
        assertThat(told())
                .containsExactly(
                        "job.held: 1 > 0.5, null: null",
                        "job.released: 0.2 > 1, null: null",
                        "job.wave-done: null > 1, null: null",
                        "job.quarantined: 0 > 2, null: 23514 no",
                        "job.quarantined: 2 > 3, null: null");
    }

    @Test
    void the_verdict_of_a_reconcile_is_told_of_the_job_that_it_has_checked() {
        var job = bench.job("");
        bench.state("SUCCEEDED");
        tell();
        topic.clear();
        pass(job, 0, "SUCCEEDED");
        pass(job, 3, "SUCCEEDED");
        pass(job, 0, "CANCELLED");
        tell();
        assertThat(topic)
                .filteredOn(event -> event.type().text().startsWith("reconcile."))
                .extracting(event -> event.subject() + " " + event.type().text() + " "
                        + EventJson.read(event.data()).path("reason").asText())
                .containsExactly(
                        "jobs/" + job + " reconcile.drift 3 rows were left out",
                        "jobs/" + job + " reconcile.drift 3 rows were left out",
                        "jobs/" + job + " reconcile.incomplete the reconcile is CANCELLED");
    }

    private void pass(long job, long missing, String end) {
        bench.rows.execute(
                "with pass as (insert into backfleet.job (name, state, spec, definition, concurrency, reconciles, started_at) "
                        + "select name || '.reconcile', 'RUNNING', '', definition, 1, id, now() from backfleet.job where id = ? returning id) "
                        + "insert into backfleet.reconcile_verdict (job_id, scanned, judged, missing, different, failed, quarantined, since, "
                        + "before, unknown, tenants) select id, 100, 100, ?, 0, 0, 0, 0, 0, 0, 0 from pass",
                job,
                missing);
        bench.rows.execute(
                "update backfleet.job set state = ?, finished_at = now() where reconciles = ? and state = 'RUNNING'",
                end,
                job);
    }

    @Test
    void what_was_told_is_kept_for_thirty_days_and_what_was_not_for_ever() {
        bench.job("");
        tell();
        bench.state("PAUSED");
        bench.rows.execute("update backfleet.outbox set at = at - interval '1 year', "
                + "published_at = case when published_at is not null then published_at - interval '31 days' end");
        outbox.forget();
        assertThat(bench.ask("select string_agg(type, ',') from backfleet.outbox"))
                .isEqualTo("job.paused");
    }
}
