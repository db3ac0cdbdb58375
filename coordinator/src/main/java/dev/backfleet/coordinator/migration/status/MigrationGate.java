package dev.backfleet.coordinator.migration.status;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a step of a migration that is a person's decision may be taken now, in the order of the JSON output; names and order are an
 * interface.
 *
 * @param purpose for which step
 * @param tenant the tenant that was asked for; null: the next step of the file, or all
 * @param open whether it may be taken
 * @param reasons why not, as clauses
 * @param notes what should be known beside it
 * @param rows what the last reconcile says of the rows; null: not asked, since something else is missing
 */
public record MigrationGate(
        long id,
        String name,
        MigrationState state,
        Purpose purpose,
        @Nullable String tenant,
        boolean open,
        List<String> reasons,
        List<String> notes,
        @Nullable GateAnswer rows) {
    public MigrationGate {
        reasons = List.copyOf(reasons);
        notes = List.copyOf(notes);
    }

    /** For which step. */
    public enum Purpose {
        /** Reads are switched to the new shape. */
        CUTOVER,
        /** The old columns are renamed, or dropped. */
        CONTRACT;

        /** As the command line writes it. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
