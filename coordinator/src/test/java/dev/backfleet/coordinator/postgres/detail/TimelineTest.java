package dev.backfleet.coordinator.postgres.detail;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.PruneJobs.Wanted;
import dev.backfleet.coordinator.postgres.job.PostgresSelfPausedJobs;
import dev.backfleet.coordinator.postgres.shard.PostgresLeases;
import dev.backfleet.coordinator.query.detail.ShowHistory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happened to a job stays in its history, with who, when and why, also when it is over. */
@Tag("server")
class TimelineTest {
    private static final ControlSubject J = ControlSubject.job("j");

    // As a worker stores them.
    private static final String PAUSES_ITSELF = "update backfleet.job set state = 'PAUSING', trouble = '53100', "
            + "troubled_at = clock_timestamp(), probe_at = clock_timestamp() - interval '1 s', "
            + "reason = 'paused itself: the disk is full (53100: no space)'";
    private static final String HALTS =
            "update backfleet.job set state = 'HALTED', error = '22012: %s' where state = 'RUNNING'";

    private final Bench bench = new Bench();
    private long job;

    @BeforeEach
    void aJob() {
        job = bench.job("");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private List<String> history() {
        return new ShowHistory(bench.lookup, new PostgresDetails(bench.database()))
                .run("j", 100).entries().stream()
                        .map(entry -> entry.event() + "/" + entry.by() + "/" + entry.text())
                        .toList();
    }

    @Test
    void the_reason_of_each_halt_and_failure_stays_when_the_job_goes_on() {
        bench.rows.execute(HALTS.formatted("first"));
        bench.resume().run(ANN, J, Optional.empty());
        bench.rows.execute(HALTS.formatted("second"));
        bench.resume().run(ANN, J, Optional.empty());
        bench.rows.execute("update backfleet.shard set state = 'FAILED', error = 'e' where number = 1");
        bench.rows.execute(
                "update backfleet.job set state = 'FAILED', error = 'shard 1: 42804', finished_at = clock_timestamp()");
        bench.retryShards().run(ANN, "j");
        assertThat(history())
                .containsExactly(
                        "start/null/planned, and RUNNING for the first time: about 100 rows",
                        "halted/null/HALTED: 22012: first",
                        "resume/ann/resumed",
                        "halted/null/HALTED: 22012: second",
                        "resume/ann/resumed",
                        "end/null/FAILED: shard 1: 42804",
                        "retry/ann/retried 1 shard",
                        "now/null/is RUNNING");
    }

    @Test
    void a_job_that_was_submitted_paused_is_told_once_that_it_was_planned() {
        bench.rows.execute("update backfleet.job set state = 'PLANNING', started_at = null");
        bench.rows.execute("delete from backfleet.job_event");
        bench.rows.execute("update backfleet.job set state = 'PAUSED'");
        bench.resume().run(ANN, J, Optional.empty());
        assertThat(history())
                .containsExactly(
                        "paused/null/planned, and PAUSED",
                        "start/null/RUNNING for the first time: about 100 rows",
                        "resume/ann/resumed",
                        "now/null/is RUNNING");
    }

    @Test
    void a_job_that_pauses_itself_is_told_once_with_its_reason_and_that_it_went_on_by_itself() {
        bench.rows.execute(PAUSES_ITSELF);
        bench.rows.execute("update backfleet.job set state = 'PAUSED'");
        bench.rows.execute(
                "insert into backfleet.sample (job_id, at, walked, changed, factor, cause, slots, busy) "
                        + "select ?, now() - interval '1 hour' + i * interval '10 s', 0, 0, 1, 'trouble', 0, 0 "
                        + "from generate_series(1, 9) i",
                job);
        assertThat(history())
                .containsExactly(
                        "start/null/planned, and RUNNING for the first time: about 100 rows",
                        "trouble/null/paused itself: the disk is full (53100: no space)",
                        "now/null/is PAUSED");
        var recovery = new PostgresSelfPausedJobs(bench.database());
        assertThat(recovery.due()).hasSize(1).allMatch(recovery::resumeIfSelfPaused);
        assertThat(history())
                .endsWith(
                        "trouble/null/paused itself: the disk is full (53100: no space)",
                        "goes-on/null/resumed by itself",
                        "now/null/is RUNNING");
        bench.rows.execute(PAUSES_ITSELF);
        bench.rows.execute("update backfleet.job set state = 'PAUSED'");
        bench.resume().run(ANN, J, Optional.empty());
        assertThat(history())
                .endsWith(
                        "goes-on/null/resumed by itself",
                        "trouble/null/paused itself: the disk is full (53100: no space)",
                        "resume/ann/resumed",
                        "now/null/is RUNNING");
    }

    @Test
    void a_halt_is_told_also_of_a_job_that_suppresses_triggers() {
        bench.database().jdbi().useTransaction(handle -> {
            handle.execute("set local session_replication_role = replica");
            handle.execute(HALTS.formatted("budget"));
        });
        assertThat(history()).contains("halted/null/HALTED: 22012: budget");
    }

    @Test
    void a_pause_is_told_with_who_and_why_and_when_it_was_confirmed() {
        bench.stop().pause(ANN, J, "replica lag", true);
        assertThat(history())
                .endsWith(
                        "pause/ann/paused: replica lag",
                        "paused/null/PAUSED: it is confirmed that no more rows change",
                        "now/null/is PAUSED");
    }

    @Test
    void what_was_done_to_the_fleet_is_told_and_what_was_done_to_a_webhook_is_not() {
        bench.rows.execute("insert into backfleet.audit (who, action, new_value) "
                + "values ('ann', 'webhook test', 'deploys'), ('ann', 'pause', null)");
        assertThat(history())
                .anyMatch(entry -> entry.startsWith("pause/ann"))
                .noneMatch(entry -> entry.contains("webhook"));
    }

    @Test
    void a_lost_worker_is_told_once_for_all_of_its_shards() {
        bench.rows.execute(
                "insert into backfleet.shard (job_id, number, relation, turn, upper) "
                        + "select job_id, n, relation, n, upper from backfleet.shard, generate_series(11, 15) n where number = 1");
        bench.rows.execute("insert into backfleet.worker (id, host, pid, slots, taking, seen_at) "
                + "values ('w-1', 'h', 1, 4, true, now() - interval '1 minute'), ('w-3', 'h', 1, 4, true, now())");
        bench.rows.execute(
                "insert into backfleet.shard (job_id, number, relation, turn, upper, state, epoch, worker, lease_until) "
                        + "select job_id, 16, relation, 16, upper, 'RUNNING', 1, 'w-3', now() - interval '1 s' from backfleet.shard where number = 1");
        bench.rows.execute(
                "update backfleet.shard set state = 'RUNNING', epoch = 1, lease_until = now() - interval '1 s', "
                        + "worker = case when number = 14 then 'w-2' else 'w-1' end where number between 11 and 14");
        bench.rows.execute(
                "update backfleet.shard set state = 'RUNNING', epoch = 1, lease_until = now() + interval '1 h', "
                        + "worker = 'w-1' where number = 15");
        assertThat(new PostgresLeases(bench.database()).reapExpired()).hasSize(5);
        assertThat(new PostgresLeases(bench.database()).reapExpired()).isEmpty();
        assertThat(history())
                .filteredOn(line -> line.startsWith("worker-lost") || line.startsWith("lease-expired"))
                .containsExactlyInAnyOrder(
                        "worker-lost/null/worker w-1 lost: its leases on 3 shards, the first is 11, expired, its last heartbeat was at "
                                + bench.ask(
                                        "select to_char(seen_at at time zone 'UTC', 'HH24:MI:SS') from backfleet.worker where id = 'w-1'")
                                + " UTC; other workers continue from the checkpoint",
                        "lease-expired/null/worker w-3 did not renew in time: its lease on shard 16 expired, its last heartbeat was at "
                                + bench.ask(
                                        "select to_char(seen_at at time zone 'UTC', 'HH24:MI:SS') from backfleet.worker where id = 'w-3'")
                                + " UTC; other workers continue from the checkpoint",
                        "worker-lost/null/worker w-2 lost: its lease on shard 14 expired; other workers continue from the checkpoint");
    }

    @Test
    void the_first_row_in_quarantine_stays_when_it_was_retried() throws InterruptedException {
        bench.quarantine(3, 4);
        bench.retryQuarantine().run(ANN, "j", Optional.empty(), Map.of());
        assertThat(bench.ask("select count(*) from backfleet.quarantine")).isEqualTo("0");
        assertThat(history())
                .contains(
                        "quarantine/null/the first row in quarantine: 23514 no",
                        "quarantine retry/ann/quarantine retry: 2 rows");
    }

    @Test
    void the_newest_thousand_are_kept_and_none_after_a_prune() {
        bench.rows.execute(
                "insert into backfleet.job_event (job_id, event, now) "
                        + "select ?, 'wave-done', i::text from generate_series(1, 1500) i",
                job);
        assertThat(bench.ask("select count(*) || ' ' || min(now::int) from backfleet.job_event"))
                .isEqualTo("1000 501");
        bench.rows.execute("update backfleet.shard set state = 'DONE', cursor = upper");
        bench.rows.execute("update backfleet.job set state = 'SUCCEEDED', finished_at = clock_timestamp()");
        var pruning = bench.prune();
        pruning.find(new Wanted(Optional.of("j"), Optional.empty(), false))
                .forEach(found -> pruning.run(ANN, found, false));
        assertThat(bench.ask("select count(*) from backfleet.job_event")).isEqualTo("0");
        assertThat(history())
                .satisfiesExactly(
                        start -> assertThat(start).startsWith("start/"),
                        end -> assertThat(end).isEqualTo("end/null/SUCCEEDED"),
                        pruned -> assertThat(pruned).startsWith("prune/ann/"),
                        note -> assertThat(note).startsWith("note/null/its shards were pruned"));
    }
}
