package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.migration.step.Step;
import java.util.stream.Collectors;

/** A step has not got its locks in the time to give up. Nothing of it was done; what was done before stays. */
public final class LocksNotObtained extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    LocksNotObtained(Step step, Result result) {
        super(
                Kind.LOCKED,
                step.id() + ": the locks were not obtained in "
                        + HumanText.elapsed(result.cost().waited()) + "; "
                        + (result.reason() == null ? "" : result.reason().words())
                        + result.holders().stream()
                                .map(holder -> "\n  " + holder.words())
                                .collect(Collectors.joining()),
                "run the command again, which goes on with this step" + end(result));
    }

    // For a person to paste: Backfleet ends no session of others.
    private static String end(Result result) {
        return result.holders().stream()
                .filter(holder -> holder.granted() && holder.pid() != null && holder.kind() == LockHolder.Kind.CLIENT)
                .findFirst()
                .map(holder -> "; if its work may be lost: select pg_terminate_backend(" + holder.pid() + ")")
                .orElse("");
    }
}
