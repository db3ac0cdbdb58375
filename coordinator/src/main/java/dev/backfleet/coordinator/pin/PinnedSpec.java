package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingScope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A spec that has passed the checks against the database.
 *
 * @param definition the job's definition, with the snapshot of its table
 * @param leaves the tables that hold the rows
 * @param columns the names of the columns that it uses: none of them may change while the job runs
 * @param computed the generated columns that change with those that it sets
 * @param rollout its waves, with whether they are reconciled; nothing if it has none
 * @param findings what the person who submits should know
 * @param passesReason why the job walks in as many passes as it does; null: there is only one way
 */
public record PinnedSpec(
        JobDefinition definition,
        List<JobDefinition.Table> leaves,
        List<String> columns,
        List<String> computed,
        Optional<Rollout> rollout,
        List<Finding> findings,
        @Nullable String passesReason) {
    public PinnedSpec {
        leaves = List.copyOf(leaves);
        columns = List.copyOf(columns);
        computed = List.copyOf(computed);
        findings = List.copyOf(findings);
    }

    /** The same with further findings. */
    public PinnedSpec with(List<Finding> more) {
        return new PinnedSpec(
                definition,
                leaves,
                columns,
                computed,
                rollout,
                Stream.concat(findings.stream(), more.stream()).toList(),
                passesReason);
    }

    /** The findings that are stored with the job, and shown in its status. */
    public List<String> notes() {
        return findings.stream()
                .filter(finding -> FindingScope.isKept(finding.code()))
                .map(Finding::line)
                .toList();
    }
}
