package dev.backfleet.benchmark.report;

/**
 * A round of a reconcile and of a sequential scan with the same expressions, each by two sessions.
 *
 * @param scanSeconds how long the scan took
 * @param reconcileSeconds how long the reconcile took, from the end of its planning to its last batch
 */
public record ReconcileTime(int round, double scanSeconds, double reconcileSeconds) {
    double ratio() {
        return reconcileSeconds / scanSeconds;
    }
}
