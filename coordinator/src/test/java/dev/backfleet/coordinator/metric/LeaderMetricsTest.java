package dev.backfleet.coordinator.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.metric.FleetMetric;
import dev.backfleet.common.metric.JobMetric;
import dev.backfleet.common.metric.Metric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.metric.MigrationMetric;
import dev.backfleet.common.metric.SignalMetric;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.Notifications;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import dev.backfleet.coordinator.query.reconcile.Pass;
import dev.backfleet.coordinator.query.reconcile.WrongRowCounts;
import dev.backfleet.coordinator.screen.Screens;
import dev.backfleet.coordinator.throttle.Reading;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the leader tells of fleet, jobs and signals, and when it tells nothing. */
class LeaderMetricsTest {
    private List<Snapshot> jobs = new ArrayList<>(List.of(new Screens().snapshot()));
    private List<Reading> readings = List.of();
    private List<LeaderMetrics.Gate> gates = List.of();
    private List<LeaderMetrics.LiveMigration> migrations = List.of();
    private Notifications told = Notifications.NONE;
    private boolean leads = true;
    private Duration now = Duration.ofHours(1);
    private final LeaderMetrics metrics = new LeaderMetrics(this::read, () -> readings, () -> leads, () -> now);

    private LeaderMetrics.Fleet read() {
        var some = jobs.isEmpty() ? new Screens().snapshot() : jobs.get(0);
        return new LeaderMetrics.Fleet(
                new ListJobs.Listed(jobs.stream().map(Snapshot::job).toList(), told(some.fleet()), some.workers()),
                5,
                gates,
                migrations);
    }

    private FleetStatus told(FleetStatus fleet) {
        return new FleetStatus(
                fleet.at(),
                fleet.leader(),
                fleet.readOnly(),
                fleet.paused(),
                fleet.by(),
                fleet.reason(),
                fleet.since(),
                fleet.formerPrimaries(),
                fleet.commitWait(),
                told);
    }

    private OptionalDouble value(Metric metric, String... labels) {
        return metrics.points().stream()
                .filter(point -> point.metric() == metric && point.labels().equals(List.of(labels)))
                .mapToDouble(MetricPoint::value)
                .findFirst();
    }

    @Test
    void figures_vanish_when_it_stops_leading_and_when_it_could_not_read_for_a_minute() {
        assertThat(metrics.points()).isEmpty();
        metrics.runOnce();
        assertThat(value(FleetMetric.RUNNABLE_TASKS)).hasValue(5);
        leads = false;
        assertThat(metrics.points()).isEmpty();
        leads = true;
        now = now.plusSeconds(60);
        assertThat(metrics.points()).isNotEmpty();
        now = now.plusSeconds(1);
        assertThat(metrics.points()).isEmpty();
    }

    @Test
    void a_running_job_tells_its_rows_speed_shards_and_expected_end() {
        jobs = List.of(new Screens()
                .quarantined(100)
                .time(new JobTime(
                        Screens.NOW,
                        List.of(
                                new JobTime.Part(TimeCause.WORKING, null, 30),
                                new JobTime.Part(TimeCause.THROTTLED, "wal-rate", 4),
                                new JobTime.Part(TimeCause.THROTTLED, "lock-queue", 2))))
                .throttle(
                        new JobStatus.Throttled(0.4, "wal-rate", null, null, null, null, null, Map.of("wal-rate", 7.5)))
                .snapshot());
        metrics.runOnce();
        var job = "split-names";
        assertThat(value(JobMetric.STATE, job, "RUNNING")).hasValue(1);
        assertThat(value(JobMetric.STATE, job, "PAUSED")).hasValue(0);
        assertThat(value(JobMetric.ROWS_WALKED, job)).hasValue(512_345);
        assertThat(value(JobMetric.ROWS_CHANGED, job)).hasValue(500_123);
        assertThat(value(JobMetric.ROWS_ESTIMATED, job)).hasValue(1_000_000);
        assertThat(value(JobMetric.ROWS_QUARANTINED, job)).hasValue(100);
        // A thousand rows may be in quarantine, or of more than a hundred a thousandth of the scanned ones.
        assertThat(value(JobMetric.ERROR_BUDGET_USED, job).orElseThrow()).isEqualTo(100 / 512.0);
        assertThat(value(JobMetric.PROGRESS, job)).hasValue(0.512);
        assertThat(value(JobMetric.SPEED, job)).hasValue(24_310);
        assertThat(value(JobMetric.RATE_LIMIT, job)).hasValue(50_000);
        assertThat(value(JobMetric.THROTTLE_FACTOR, job)).hasValue(0.4);
        assertThat(value(JobMetric.THROTTLE_COST, job, "wal-rate")).hasValue(7.5);
        assertThat(value(JobMetric.TIME, job, "working")).hasValue(30);
        assertThat(value(JobMetric.TIME, job, "throttled")).hasValue(6);
        assertThat(value(JobMetric.ETA, job, "low")).hasValue(57);
        assertThat(value(JobMetric.ETA, job, "mid")).hasValue(65);
        assertThat(value(JobMetric.ETA, job, "high")).hasValue(130);
        assertThat(value(JobMetric.SHARDS, job, "PENDING")).hasValue(4);
        assertThat(value(JobMetric.SHARDS, job, "DONE")).hasValue(10);
        assertThat(value(JobMetric.DEADLINE, job)).isEmpty();
        assertThat(value(JobMetric.LAST_BATCH, job)).hasValue((double) (Screens.NOW.getEpochSecond() - 1));
    }

    @Test
    void what_is_not_known_is_absent() {
        jobs = List.of(new Screens().state(JobState.PAUSED).reason("by ann").snapshot());
        metrics.runOnce();
        assertThat(metrics.points()).noneMatch(point -> point.metric() == JobMetric.ETA);
        assertThat(value(JobMetric.WAITING, "split-names", "person")).hasValue(1);
        assertThat(value(JobMetric.WAITING, "split-names", "window")).hasValue(0);
    }

    @Test
    void what_a_job_waits_for_is_told_apart() {
        jobs = List.of(
                new Screens().name("no-worker").snapshot(),
                waiting("promotion", new WaveStatus(1, 2, 0, Screens.NOW, null, false, null)),
                pausedItself("repair", null),
                pausedItself("trouble", Screens.NOW.plusSeconds(20)),
                new Screens().name("done").state(JobState.SUCCEEDED).snapshot());
        metrics.runOnce();
        assertWaits("no-worker", "worker");
        assertThat(value(JobMetric.WAITING, "promotion", "wave")).hasValue(1);
        assertThat(value(JobMetric.WAITING, "repair", "repair")).hasValue(1);
        assertThat(value(JobMetric.WAITING, "repair", "trouble")).hasValue(0);
        assertThat(value(JobMetric.WAITING, "trouble", "trouble")).hasValue(1);
        assertThat(value(JobMetric.WAITING, "trouble", "repair")).hasValue(0);
        assertWaits("done");
    }

    private static Snapshot waiting(String name, WaveStatus wave) {
        return new Screens().name(name).wave(wave).snapshot();
    }

    private static Snapshot pausedItself(String name, @Nullable Instant nextLookAt) {
        return new Screens()
                .name(name)
                .state(JobState.PAUSED)
                .reason("paused itself")
                .trouble("53100", nextLookAt)
                .snapshot();
    }

    private void assertWaits(String backfill, String... causes) {
        assertThat(metrics.points())
                .filteredOn(point -> point.metric() == JobMetric.WAITING
                        && point.labels().get(0).equals(backfill)
                        && point.value() == 1)
                .extracting(point -> point.labels().get(1))
                .containsExactly(causes);
    }

    @Test
    void two_hundred_jobs_have_figures_of_their_own_and_keep_them_when_others_come() {
        jobs = IntStream.rangeClosed(1, 203)
                .mapToObj(i -> new Screens().name("j" + i).snapshot())
                .toList();
        metrics.runOnce();
        assertThat(backfills()).hasSize(201).contains("j1", "j200", "other").doesNotContain("j201");
        assertThat(value(JobMetric.SHARDS, "other", "RUNNING")).hasValue(12);
        assertThat(value(JobMetric.SPEED, "other")).hasValue(3 * 24_310);
        assertThat(value(JobMetric.ROWS_WALKED, "other"))
                .as("its sum would jump")
                .isEmpty();
        // Newer jobs are listed first.
        var more = new ArrayList<Snapshot>();
        IntStream.rangeClosed(300, 310)
                .forEach(i -> more.add(new Screens().name("j" + i).snapshot()));
        more.addAll(jobs);
        more.removeIf(snapshot -> snapshot.job().name().equals("j7"));
        jobs = more;
        metrics.runOnce();
        assertThat(backfills()).hasSize(201).contains("j1", "j200", "j300").doesNotContain("j7", "j301");
    }

    private List<String> backfills() {
        return metrics.points().stream()
                .filter(point -> point.metric().labels().contains("backfill"))
                .map(point -> point.labels().get(0))
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    @Test
    void of_two_jobs_with_a_name_the_first_of_the_list_counts() {
        jobs = List.of(
                new Screens().snapshot(),
                new Screens().state(JobState.SUCCEEDED).snapshot());
        metrics.runOnce();
        assertThat(metrics.points())
                .filteredOn(point -> point.metric() == JobMetric.STATE && point.value() == 1)
                .extracting(point -> point.labels().get(1))
                .containsExactly("RUNNING");
    }

    @Test
    void workers_are_counted_by_what_they_do() {
        var snapshot = new Screens().workers(3).snapshot();
        jobs = List.of(snapshot);
        metrics.runOnce();
        var accepting = snapshot.workers().stream()
                .filter(worker -> worker.alive() && worker.taking())
                .toList();
        assertThat(accepting).isNotEmpty();
        assertThat(value(FleetMetric.WORKERS, "accepting")).hasValue(accepting.size());
        assertThat(value(FleetMetric.FLEET_SLOTS))
                .hasValue(accepting.stream().mapToInt(WorkerStatus::slots).sum());
        assertThat(value(FleetMetric.FLEET_PAUSED)).hasValue(0);
    }

    @Test
    void of_a_signal_the_worst_reading_counts_in_its_unit() {
        readings = List.of(
                new Reading(Sample.of(Signal.BLOCKED_TIME, 0.1), new Thresholds(0.5, 2), Duration.ZERO),
                new Reading(Sample.of(Signal.BLOCKED_TIME, 2.5), new Thresholds(0.5, 2), Duration.ZERO),
                new Reading(Sample.of(Signal.CONNECTIONS, 88), new Thresholds(80, 95), Duration.ZERO),
                new Reading(Sample.of(Signal.WAL_RATE, 1000), new Thresholds(2000, 4000), Duration.ZERO),
                new Reading(Sample.unreadable(Signal.OLDEST_XMIN, "no"), new Thresholds(1, 2), Duration.ZERO));
        metrics.runOnce();
        assertThat(value(SignalMetric.LEVEL, "blocked-time")).hasValue(2);
        assertThat(value(SignalMetric.SECONDS, "blocked-time")).hasValue(2.5);
        assertThat(value(SignalMetric.LEVEL, "connections")).hasValue(1);
        assertThat(value(SignalMetric.RATIO, "connections")).hasValue(0.88);
        assertThat(value(SignalMetric.LEVEL, "wal-rate")).hasValue(0);
        assertThat(value(SignalMetric.UTILISATION, "wal-rate")).hasValue(0.5);
        assertThat(value(SignalMetric.RATE, "wal-rate")).hasValue(1000);
        assertThat(value(SignalMetric.READABLE, "wal-rate")).hasValue(1);
        assertThat(value(SignalMetric.READABLE, "oldest-xmin")).hasValue(0);
        assertThat(value(SignalMetric.COUNT, "oldest-xmin")).isEmpty();
    }

    @Test
    void what_the_gate_would_answer_is_told_with_the_age_of_the_last_reconcile_and_what_it_has_found() {
        var counts = new WrongRowCounts(1, 2, 3, 0, 0, 6, 0, 0, null);
        var clean = new WrongRowCounts(0, 0, 0, 0, 0, 0, 0, 0, null);
        gates = List.of(
                gate("drifted", GateVerdict.DRIFT, counts, null),
                gate("safe", GateVerdict.SAFE, clean, 86_400L),
                new LeaderMetrics.Gate(answer("first-is-running", GateVerdict.INCOMPLETE, null, null), null));
        metrics.runOnce();
        assertThat(value(JobMetric.RECONCILE_ROWS, "drifted", "missing")).hasValue(1);
        assertThat(value(JobMetric.RECONCILE_ROWS, "drifted", "different")).hasValue(2);
        assertThat(value(JobMetric.RECONCILE_ROWS, "drifted", "failed")).hasValue(3);
        assertThat(value(JobMetric.GATE_SAFE, "drifted")).hasValue(0);
        assertThat(value(JobMetric.GATE_AGE, "drifted")).hasValue(60.5);
        assertThat(value(JobMetric.GATE_INTERVAL, "drifted")).isEmpty();
        assertThat(value(JobMetric.GATE_SAFE, "safe")).hasValue(1);
        assertThat(value(JobMetric.GATE_INTERVAL, "safe")).hasValue(86_400);
        assertThat(value(JobMetric.GATE_SAFE, "first-is-running")).hasValue(0);
        assertThat(value(JobMetric.GATE_AGE, "first-is-running")).isEmpty();
        assertThat(value(JobMetric.RECONCILE_ROWS, "first-is-running", "missing"))
                .isEmpty();
    }

    private static LeaderMetrics.Gate gate(
            String name, GateVerdict verdict, WrongRowCounts rows, @Nullable Long interval) {
        var pass = new Pass(9, Screens.NOW, Screens.NOW, 60.5, 100, 100, null);
        return new LeaderMetrics.Gate(answer(name, verdict, pass, rows), interval);
    }

    private static GateAnswer answer(
            String name, GateVerdict verdict, @Nullable Pass pass, @Nullable WrongRowCounts rows) {
        return new GateAnswer(7, name, null, verdict, List.of(), List.of(), pass, rows);
    }

    @Test
    void it_tells_of_events_that_wait_and_of_webhooks_that_fail() {
        var fleet = new Screens().snapshot().fleet();
        var waiting = new Notifications(
                3,
                Screens.NOW.minusSeconds(60),
                7,
                List.of(
                        new Notifications.Webhook("ok", null, null, false, 0),
                        new Notifications.Webhook(
                                "deploys", fleet.at().minusSeconds(901), "it answered 500", false, 7)),
                new Notifications.Rejected(Screens.NOW, "hooks.yaml:3: url is missing"));
        jobs = List.of();
        told = waiting;
        metrics.runOnce();
        assertThat(value(FleetMetric.OUTBOX_PENDING, "kafka")).hasValue(3);
        assertThat(value(FleetMetric.OUTBOX_PENDING, "webhooks")).hasValue(7);
        assertThat(value(FleetMetric.WEBHOOKS_REJECTED)).hasValue(1);
        assertThat(value(FleetMetric.WEBHOOK_FAILING, "ok")).hasValue(0);
        assertThat(value(FleetMetric.WEBHOOK_FAILING, "deploys")).hasValue(901);
    }

    @Test
    void a_migration_has_one_state_and_says_how_many_read_its_new_shape() {
        migrations = List.of(
                new LeaderMetrics.LiveMigration(
                        "split-names",
                        MigrationState.CUTTING,
                        25,
                        false,
                        List.of(
                                new LeaderMetrics.WatchedPoint("drift", SignalLevel.SOFT),
                                new LeaderMetrics.WatchedPoint("https://app.example/healthy", null))),
                new LeaderMetrics.LiveMigration("merge-names", MigrationState.READY, 0, true, List.of()));
        metrics.runOnce();

        assertThat(value(MigrationMetric.MIGRATION_STATE, "split-names", "CUTTING"))
                .hasValue(1);
        assertThat(value(MigrationMetric.MIGRATION_STATE, "split-names", "CUT")).hasValue(0);
        assertThat(value(MigrationMetric.MIGRATION_READS, "split-names")).hasValue(0.25);
        assertThat(value(MigrationMetric.MIGRATION_TAKEN_BACK, "split-names")).hasValue(0);
        assertThat(value(MigrationMetric.MIGRATION_TAKEN_BACK, "merge-names")).hasValue(1);
        assertThat(value(MigrationMetric.MIGRATION_SIGNAL_LEVEL, "split-names", "drift"))
                .hasValue(1);
        assertThat(value(MigrationMetric.MIGRATION_SIGNAL_READABLE, "split-names", "drift"))
                .hasValue(1);
        assertThat(value(MigrationMetric.MIGRATION_SIGNAL_READABLE, "split-names", "https://app.example/healthy"))
                .hasValue(0);
        assertThat(value(MigrationMetric.MIGRATION_SIGNAL_LEVEL, "split-names", "https://app.example/healthy"))
                .isEmpty();
    }
}
