package dev.backfleet.coordinator.metric;

import dev.backfleet.common.metric.Metric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.coordinator.metric.LeaderMetrics.Pass;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The metrics of the fleet, and of reconciles. */
final class FleetPoints {
    private FleetPoints() {}

    static List<MetricPoint> of(ListJobs.Listed listed, int runnableTasks) {
        Predicate<WorkerStatus> accepts = worker -> worker.alive() && worker.taking();
        var workers = listed.workers();
        var accepting = workers.stream().filter(accepts).count();
        var alive = workers.stream().filter(WorkerStatus::alive).count();
        var notifications = listed.fleet().notifications();
        var points = new ArrayList<>(List.of(
                MetricPoint.of(Metric.FLEET_PAUSED, listed.fleet().paused() ? 1 : 0),
                MetricPoint.of(Metric.WORKERS, accepting, "accepting"),
                MetricPoint.of(Metric.WORKERS, alive - accepting, "not-accepting"),
                MetricPoint.of(Metric.WORKERS, workers.size() - alive, "lost"),
                MetricPoint.of(
                        Metric.FLEET_SLOTS,
                        workers.stream()
                                .filter(accepts)
                                .mapToInt(WorkerStatus::slots)
                                .sum()),
                MetricPoint.of(Metric.RUNNABLE_TASKS, runnableTasks),
                MetricPoint.of(Metric.OUTBOX_PENDING, notifications.unpublished(), "kafka"),
                MetricPoint.of(Metric.OUTBOX_PENDING, notifications.messages(), "webhooks")));
        for (var webhook : notifications.webhooks()) {
            var since = webhook.failingSince();
            var failing = since == null
                    ? 0
                    : Duration.between(since, listed.fleet().at()).toSeconds();
            points.add(MetricPoint.of(Metric.WEBHOOK_FAILING, failing, webhook.name()));
        }
        return points;
    }

    static List<MetricPoint> ofPasses(List<Pass> passes) {
        var points = new ArrayList<MetricPoint>();
        for (var pass : passes) {
            points.add(MetricPoint.of(Metric.RECONCILE_ROWS, pass.missing(), pass.backfill(), "missing"));
            points.add(MetricPoint.of(Metric.RECONCILE_ROWS, pass.different(), pass.backfill(), "different"));
            points.add(MetricPoint.of(Metric.RECONCILE_ROWS, pass.failed(), pass.backfill(), "failed"));
            points.add(MetricPoint.of(Metric.RECONCILE_AGE, pass.ageSeconds(), pass.backfill()));
        }
        return points;
    }
}
