package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockHolder.Kind;
import dev.backfleet.coordinator.ddl.LockPatience;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import java.util.Optional;

/** Which transactions {@code apply} would wait for. Pure. */
final class LockFindings {
    private LockFindings() {}

    /**
     * A transaction that is in the way of a step; nothing if it is not. An ordinary autovacuum is sent away; and one whose age this role may
     * not see may be short.
     */
    static Optional<MigrationFinding> of(String step, LockHolder holder) {
        var age = holder.age();
        var isOld = age != null && age.compareTo(LockPatience.OLD) >= 0;
        if (!holder.granted() || holder.kind() == Kind.AUTOVACUUM || (holder.kind() != Kind.PREPARED && !isOld)) {
            return Optional.empty();
        }
        var canBeEnded = holder.kind() == Kind.CLIENT && holder.pid() != null;
        return Optional.of(MigrationFinding.of(
                MigrationFindingCode.LOCK_HELD,
                step,
                holder.words(),
                "let it end" + (canBeEnded ? ", or end it: select pg_terminate_backend(" + holder.pid() + ")" : "")));
    }
}
