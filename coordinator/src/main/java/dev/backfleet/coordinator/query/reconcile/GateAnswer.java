package dev.backfleet.coordinator.query.reconcile;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the new shape of a job's rows may be relied on, in the order of the JSON output; names and order are an interface.
 *
 * @param tenant the tenant that was asked for; null: all of them
 * @param reasons why the verdict is not SAFE, as clauses
 * @param notes what should be known beside it
 * @param pass the last reconcile that has finished; null: none has
 * @param rows what it has found, of the tenant if one was asked for; null: no reconcile has finished
 */
public record GateAnswer(
        long job,
        String name,
        @Nullable String tenant,
        GateVerdict verdict,
        List<String> reasons,
        List<String> notes,
        @Nullable Pass pass,
        @Nullable WrongRowCounts rows) {
    public GateAnswer {
        reasons = List.copyOf(reasons);
        notes = List.copyOf(notes);
    }

    /** The same for one more reason why rows cannot be relied on; rows that were found wrong stay so. */
    public GateAnswer incomplete(String reason) {
        return new GateAnswer(
                job,
                name,
                tenant,
                verdict == GateVerdict.SAFE ? GateVerdict.INCOMPLETE : verdict,
                Stream.concat(reasons.stream(), Stream.of(reason)).toList(),
                notes,
                pass,
                rows);
    }
}
