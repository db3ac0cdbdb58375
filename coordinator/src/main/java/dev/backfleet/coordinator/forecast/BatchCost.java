package dev.backfleet.coordinator.forecast;

import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import java.time.Duration;
import java.util.List;

/**
 * What a batch costs: a fixed time, a time for each row, and by how much both grow when several batches run at once. The trial has
 * smaller batches than the job, since it may have few rows: so the fixed part is told from the rest.
 *
 * @param fixed seconds that a batch takes however few rows it has
 * @param perRow seconds for each row that it scans, of a batch that is alone
 * @param slowdown how many times longer a batch takes beside the others
 * @param error the standard error of the mean time of a batch, as a share of it
 */
record BatchCost(double fixed, double perRow, double slowdown, double error) {

    /** Of batches, of which at least one was alone. */
    static BatchCost of(Trials trials) {
        var alone = trials.of(Kind.ALONE);
        var fixed = Math.min(
                median(trials.of(Kind.SINGLE_ROW).stream()
                        .map(batch -> seconds(batch.took()))
                        .toList()),
                alone.stream().mapToDouble(batch -> seconds(batch.took())).min().orElse(0));
        var rows = alone.stream().mapToLong(TrialBatch::walked).sum();
        var time = alone.stream().mapToDouble(batch -> seconds(batch.took())).sum();
        var perRow = Math.max(1e-9, (time - fixed * alone.size()) / Math.max(1, rows));
        var ratios = ratios(alone, fixed, perRow);
        var together = ratios(trials.of(Kind.TOGETHER), fixed, perRow);
        var slowdown = together.isEmpty() ? 1 : Math.max(1, mean(together));
        var error = Math.hypot(error(ratios), together.isEmpty() ? 0 : error(together));
        return new BatchCost(fixed, perRow, slowdown, error);
    }

    /** How many rows a batch has that takes as long as it should, beside others or alone. */
    double rows(Duration target, int most, double slower) {
        return Math.max(1, Math.min(most, (seconds(target) / slower - fixed) / perRow));
    }

    /** The seconds that a batch of some rows takes. */
    double seconds(double rows, double slower) {
        return slower * (fixed + perRow * rows);
    }

    private static List<Double> ratios(List<TrialBatch> batches, double fixed, double perRow) {
        return batches.stream()
                .map(batch -> seconds(batch.took()) / (fixed + perRow * batch.walked()))
                .toList();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElse(0);
    }

    private static double error(List<Double> values) {
        if (values.size() < 2) {
            return 0.5;
        }
        var mean = mean(values);
        var squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (values.size() - 1) / values.size()) / mean;
    }

    private static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
