package dev.backfleet.coordinator.metric;

import dev.backfleet.common.metric.BoundedLabel;
import dev.backfleet.common.metric.FleetMetric;
import dev.backfleet.common.metric.JobMetric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.metric.MigrationMetric;
import dev.backfleet.coordinator.metric.LeaderMetrics.Gate;
import dev.backfleet.coordinator.metric.LeaderMetrics.LiveMigration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The metrics of the fleet, and of reconciles. */
final class FleetPoints {
    private static final int MOST_SIGNALS = 100;

    private FleetPoints() {}

    static List<MetricPoint> of(ListJobs.Listed listed, int runnableTasks) {
        Predicate<WorkerStatus> accepts = worker -> worker.alive() && worker.taking();
        var workers = listed.workers();
        var accepting = workers.stream().filter(accepts).count();
        var alive = workers.stream().filter(WorkerStatus::alive).count();
        var notifications = listed.fleet().notifications();
        var points = new ArrayList<>(List.of(
                MetricPoint.of(FleetMetric.FLEET_PAUSED, listed.fleet().paused() ? 1 : 0),
                MetricPoint.of(FleetMetric.WORKERS, accepting, "accepting"),
                MetricPoint.of(FleetMetric.WORKERS, alive - accepting, "not-accepting"),
                MetricPoint.of(FleetMetric.WORKERS, workers.size() - alive, "lost"),
                MetricPoint.of(
                        FleetMetric.FLEET_SLOTS,
                        workers.stream()
                                .filter(accepts)
                                .mapToInt(WorkerStatus::slots)
                                .sum()),
                MetricPoint.of(FleetMetric.RUNNABLE_TASKS, runnableTasks),
                MetricPoint.of(FleetMetric.OUTBOX_PENDING, notifications.unpublished(), "kafka"),
                MetricPoint.of(FleetMetric.OUTBOX_PENDING, notifications.messages(), "webhooks"),
                MetricPoint.of(FleetMetric.WEBHOOKS_REJECTED, notifications.rejected() == null ? 0 : 1)));
        for (var webhook : notifications.webhooks()) {
            var since = webhook.failingSince();
            var failing = since == null
                    ? 0
                    : Duration.between(since, listed.fleet().at()).toSeconds();
            points.add(MetricPoint.of(FleetMetric.WEBHOOK_FAILING, failing, webhook.name()));
        }
        return points;
    }

    static List<MetricPoint> ofGates(List<Gate> gates) {
        var points = new ArrayList<MetricPoint>();
        for (var gate : gates) {
            var answer = gate.answer();
            var backfill = answer.name();
            points.add(MetricPoint.of(JobMetric.GATE_SAFE, answer.verdict() == GateVerdict.SAFE ? 1 : 0, backfill));
            if (gate.interval() != null) {
                points.add(MetricPoint.of(JobMetric.GATE_INTERVAL, gate.interval(), backfill));
            }
            var pass = answer.pass();
            var rows = answer.rows();
            if (pass != null && rows != null) {
                points.add(MetricPoint.of(JobMetric.GATE_AGE, pass.ageSeconds(), backfill));
                points.add(MetricPoint.of(JobMetric.RECONCILE_ROWS, rows.missing(), backfill, "missing"));
                points.add(MetricPoint.of(JobMetric.RECONCILE_ROWS, rows.different(), backfill, "different"));
                points.add(MetricPoint.of(JobMetric.RECONCILE_ROWS, rows.failed(), backfill, "failed"));
            }
        }
        return points;
    }

    static List<MetricPoint> ofMigrations(List<LiveMigration> migrations) {
        var points = new ArrayList<MetricPoint>();
        // Files name signals of their own.
        var signals = new BoundedLabel(MOST_SIGNALS);
        for (var migration : migrations) {
            for (var state : MigrationState.values()) {
                points.add(MetricPoint.of(
                        MigrationMetric.MIGRATION_STATE,
                        state == migration.state() ? 1 : 0,
                        migration.name(),
                        state.name()));
            }
            points.add(MetricPoint.of(MigrationMetric.MIGRATION_READS, migration.percent() / 100, migration.name()));
            points.add(MetricPoint.of(
                    MigrationMetric.MIGRATION_TAKEN_BACK, migration.takenBack() ? 1 : 0, migration.name()));
            for (var watched : migration.watched()) {
                var signal = signals.of(watched.signal());
                var level = watched.level();
                if (!signal.equals(BoundedLabel.OTHER)) {
                    points.add(MetricPoint.of(
                            MigrationMetric.MIGRATION_SIGNAL_READABLE,
                            level == null ? 0 : 1,
                            migration.name(),
                            signal));
                    if (level != null) {
                        points.add(MetricPoint.of(
                                MigrationMetric.MIGRATION_SIGNAL_LEVEL, level(level), migration.name(), signal));
                    }
                }
            }
        }
        return points;
    }

    private static int level(SignalLevel level) {
        return switch (level) {
            case CALM, UNREADABLE -> 0;
            case SOFT -> 1;
            case HARD -> 2;
        };
    }
}
