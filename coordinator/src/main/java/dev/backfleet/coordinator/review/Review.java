package dev.backfleet.coordinator.review;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.pin.state.Matching;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All rules, over the state of a job's table and of the server. */
public final class Review {
    private Review() {}

    /**
     * What is found at each submission: it follows from the catalog, the statistics and the expressions, without reading rows.
     *
     * @param readInFull the large tables that sub-selects read from beginning to end
     */
    public static List<Finding> of(Subject subject, List<String> readInFull) {
        var findings = new ArrayList<Finding>();
        findings.addAll(ExpressionFindings.of(subject));
        readInFull.forEach(table -> findings.add(ExpressionFindings.readInFull(table)));
        findings.addAll(TriggerFindings.of(subject));
        findings.addAll(ConstraintFindings.of(subject));
        findings.addAll(StorageFindings.of(subject));
        findings.addAll(ReplicationFindings.of(subject));
        findings.addAll(ServerFindings.of(subject, ServerFindings.LONG));
        return findings;
    }

    /**
     * What only a plan says besides, since rows are read for it.
     *
     * @param matching how the condition holds before and after the change; nothing if that is not known
     */
    public static List<Finding> ofPlan(Subject subject, Optional<Matching> matching) {
        var findings = new ArrayList<Finding>();
        findings.add(StorageFindings.disk(subject));
        matching.ifPresent(rows -> ExpressionFindings.matching(rows).forEach(findings::add));
        return findings;
    }
}
