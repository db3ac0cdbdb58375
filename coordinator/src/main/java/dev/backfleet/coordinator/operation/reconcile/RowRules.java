package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What decides beside a job's own expressions which of its rows are wrong. */
@FunctionalInterface
public interface RowRules {
    /** The rule for the rows of a job; {@link Rule#NONE} for most jobs. */
    Rule of(long job);

    /**
     * A rule.
     *
     * @param different the condition for a row that is wrong, instead of that of the job's spec; nothing: the latter
     * @param down how the old columns follow from those that the job set, whose values may say more; empty: they do not
     * @param onlyMissing whether the old columns do not follow from the new ones and are no longer the truth: then a row is only wrong if it
     *     was left out
     */
    record Rule(Optional<SqlExpression> different, Map<Identifier, SqlExpression> down, boolean onlyMissing) {
        /** The job's spec and its expressions decide. */
        public static final Rule NONE = new Rule(Optional.empty(), Map.of(), false);

        public Rule {
            down = new LinkedHashMap<>(down);
        }
    }
}
