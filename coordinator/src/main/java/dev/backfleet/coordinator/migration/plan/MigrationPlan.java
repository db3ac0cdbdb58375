package dev.backfleet.coordinator.migration.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a migration would do, in the order of the JSON output; names and order are an interface.
 *
 * @param table its table, with its schema
 * @param fit whether no finding has the severity error
 * @param steps its steps, in order; none if one of them is impossible
 * @param backfill its job
 * @param cutover how reads would be switched
 * @param findings what to know before, the gravest first
 * @param syncCost what the sync costs a write; null: not measured
 */
public record MigrationPlan(
        String name,
        String table,
        boolean fit,
        List<PlannedStep> steps,
        PlannedBackfill backfill,
        PlannedCutover cutover,
        List<MigrationFinding> findings,
        @Nullable SyncCost syncCost) {
    public MigrationPlan {
        steps = List.copyOf(steps);
        findings = List.copyOf(findings);
    }

    /**
     * A step.
     *
     * @param step its id in the migration, such as {@code expand.column.first_name}
     * @param standing what its check says: {@code done}, {@code open}, {@code broken}, {@code under way}, or what is in the way
     * @param held for how long its locks are held: {@code instant}, {@code scan} (it reads the table under locks that the application does not
     *     notice) or {@code concurrent} (not in a transaction; the same)
     * @param blockers who has a conflicting lock now; empty if it is done
     * @param check the query that tells {@code standing}
     * @param undo the statements that take it back; empty: nothing has to be, or can be
     */
    public record PlannedStep(
            String step,
            String phase,
            String title,
            String standing,
            List<String> statements,
            List<PlannedLock> locks,
            String held,
            List<PlannedBlocker> blockers,
            String check,
            List<String> undo) {
        public PlannedStep {
            statements = List.copyOf(statements);
            locks = List.copyOf(locks);
            blockers = List.copyOf(blockers);
            undo = List.copyOf(undo);
        }
    }

    /** A lock that a step takes, such as {@code ACCESS EXCLUSIVE}. */
    public record PlannedLock(String table, String mode) {}

    /**
     * A transaction with a conflicting lock.
     *
     * @param pid its server process; null: a prepared transaction
     * @param user its user; null: not known
     * @param application its {@code application_name}; null: none, or not known
     * @param seconds how long the transaction has been open; null: this role may not see it
     * @param granted whether it has the lock; otherwise it waits for it
     * @param words all that is known of it, in one line
     */
    public record PlannedBlocker(
            @Nullable Integer pid,
            @Nullable String user,
            @Nullable String application,
            @Nullable Long seconds,
            boolean granted,
            String words) {}

    /**
     * The job of a migration.
     *
     * @param spec its spec, as YAML
     * @param findings what to know about it, the gravest first
     */
    public record PlannedBackfill(String spec, List<Finding> findings) {
        public PlannedBackfill {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Refuses a migration that would not be fit.
     *
     * @throws OperationRefused GATE_CLOSED with the gravest finding
     */
    public void requireFit() {
        if (!fit) {
            var why = findings.stream()
                    .filter(finding -> finding.code().refuses())
                    .findFirst()
                    .map(finding -> finding.place() + ": " + finding.message())
                    .orElse("a finding about its job has the severity error");
            throw new OperationRefused(
                    Code.GATE_CLOSED, why + "; nothing was changed", "see all findings: backfleet migration plan FILE");
        }
    }

    /** Whether a step has to be made. */
    @JsonIgnore
    public boolean isDone() {
        return !steps.isEmpty()
                && steps.stream().allMatch(step -> step.standing().equals("done"));
    }
}
