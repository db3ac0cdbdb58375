package dev.backfleet.coordinator.metric;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.metric.BoundedLabel;
import dev.backfleet.common.metric.JobMetric;
import dev.backfleet.common.metric.Metric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.coordinator.problem.WaitsFor;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of jobs. A job that has figures of its own keeps them for as long as it is listed: a counter that came and went would
 * show rates that never were. Of the jobs beyond the limit, what can be added up is added up.
 */
final class JobPoints {
    private static final double PERCENT = 100;

    private final List<MetricPoint> points = new ArrayList<>();

    private JobPoints() {}

    /** @param before the jobs that had figures of their own so far */
    static LeaderMetrics.Shown of(ListJobs.Listed listed, Set<String> before) {
        // Of several jobs with a name, the unfinished one comes first, or else the newest.
        var byName = new LinkedHashMap<String, Snapshot>();
        listed.snapshots().forEach(snapshot -> byName.putIfAbsent(snapshot.job().name(), snapshot));
        var shown = new LinkedHashSet<>(before);
        shown.retainAll(byName.keySet());
        byName.keySet().stream()
                .filter(name -> !shown.contains(name))
                .limit(Math.max(0, BoundedLabel.JOBS - shown.size()))
                .toList()
                .forEach(shown::add);
        var points = new JobPoints();
        shown.forEach(name -> points.add(name, byName.get(name)));
        points.addOthers(byName.values().stream()
                .map(Snapshot::job)
                .filter(job -> !shown.contains(job.name()))
                .toList());
        return new LeaderMetrics.Shown(points.points, shown);
    }

    private void add(String backfill, @Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return;
        }
        var job = snapshot.job();
        for (var state : JobState.values()) {
            add(JobMetric.STATE, state == job.state() ? 1 : 0, backfill, state.name());
        }
        var waits = WaitsFor.of(snapshot);
        for (var cause : WaitsFor.values()) {
            add(JobMetric.WAITING, waits.contains(cause) ? 1 : 0, backfill, cause.text());
        }
        addRows(backfill, job);
        addSpeed(backfill, job);
        addTime(backfill, job);
        shards(job).forEach((state, count) -> add(JobMetric.SHARDS, count, backfill, state));
    }

    private void addRows(String backfill, JobStatus job) {
        var rows = job.rows();
        add(JobMetric.ROWS_WALKED, rows.walked(), backfill);
        add(JobMetric.ROWS_CHANGED, rows.changed(), backfill);
        add(JobMetric.ROWS_QUARANTINED, rows.quarantined(), backfill);
        addIfKnown(JobMetric.ROWS_ESTIMATED, rows.estimated(), backfill);
        add(JobMetric.PROGRESS, job.percent() / PERCENT, backfill);
        add(JobMetric.ERROR_BUDGET_USED, budgetUsed(job), backfill);
    }

    private static double budgetUsed(JobStatus job) {
        var settings = job.settings();
        return new ErrorBudget(settings.errorBudgetRows(), ErrorBudget.ratio(settings.errorBudgetRatio()))
                .used(job.rows().quarantined(), job.rows().walked());
    }

    private void addSpeed(String backfill, JobStatus job) {
        addIfKnown(JobMetric.SPEED, job.rate().current(), backfill);
        addIfKnown(JobMetric.RATE_LIMIT, job.rate().limit(), backfill);
        add(JobMetric.THROTTLE_FACTOR, job.throttle().factor(), backfill);
        addIfKnown(JobMetric.ETA, job.etaSeconds(), backfill, "mid");
        var range = job.etaRange();
        if (range != null) {
            add(JobMetric.ETA, range.lowSeconds(), backfill, "low");
            add(JobMetric.ETA, range.highSeconds(), backfill, "high");
        }
        addIfKnown(JobMetric.DEADLINE, job.deadline(), backfill);
        addIfKnown(JobMetric.LAST_BATCH, job.lastBatchAt(), backfill);
    }

    private void addTime(String backfill, JobStatus job) {
        var byCause = new TreeMap<String, Double>();
        job.time().spent().forEach(part -> byCause.merge(part.cause().text(), part.seconds(), Double::sum));
        byCause.forEach((cause, seconds) -> add(JobMetric.TIME, seconds, backfill, cause));
        job.throttle()
                .costSeconds()
                .forEach((signal, seconds) -> add(JobMetric.THROTTLE_COST, seconds, backfill, signal));
    }

    private void addOthers(List<JobStatus> jobs) {
        var sums = new EnumMap<JobMetric, Double>(JobMetric.class);
        var states = new TreeMap<String, Integer>();
        for (var job : jobs) {
            sums.merge(JobMetric.ROWS_QUARANTINED, (double) job.rows().quarantined(), Double::sum);
            sum(sums, JobMetric.ROWS_ESTIMATED, job.rows().estimated());
            sum(sums, JobMetric.SPEED, job.rate().current());
            shards(job).forEach((state, count) -> states.merge(state, count, Integer::sum));
        }
        sums.forEach((metric, value) -> add(metric, value, BoundedLabel.OTHER));
        states.forEach((state, count) -> add(JobMetric.SHARDS, count, BoundedLabel.OTHER, state));
    }

    private static void sum(Map<JobMetric, Double> sums, JobMetric metric, @Nullable Long value) {
        if (value != null) {
            sums.merge(metric, value.doubleValue(), Double::sum);
        }
    }

    private static Map<String, Integer> shards(JobStatus job) {
        var shards = job.shards();
        return Map.of(
                "PENDING", shards.pending(),
                "DISPATCHED", shards.dispatched(),
                "RUNNING", shards.running(),
                "DONE", shards.done(),
                "FAILED", shards.failed());
    }

    private void addIfKnown(Metric metric, @Nullable Instant moment, String... labels) {
        if (moment != null) {
            add(metric, moment.toEpochMilli() / 1000.0, labels);
        }
    }

    private void addIfKnown(Metric metric, @Nullable Long value, String... labels) {
        if (value != null) {
            add(metric, value.longValue(), labels);
        }
    }

    private void add(Metric metric, long value, String... labels) {
        points.add(MetricPoint.of(metric, value, labels));
    }

    private void add(Metric metric, double value, String... labels) {
        points.add(MetricPoint.of(metric, value, labels));
    }
}
