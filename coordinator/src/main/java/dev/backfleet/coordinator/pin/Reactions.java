package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.Identifier;
import java.util.List;
import java.util.stream.Stream;

/** Checks the triggers and rules that an update of rows fires: rules are refused, some triggers are noted. */
final class Reactions {
    private Reactions() {}

    /**
     * The notes for the person who submits.
     *
     * @throws dev.backfleet.common.spec.SpecException if there is a rule for UPDATE
     */
    static List<String> notes(List<Reaction> reactions, SpecLocations places) {
        for (var reaction : reactions) {
            if (reaction.kind() == Reaction.Kind.RULE) {
                throw places.problem(
                        "table",
                        shown(reaction.table()) + " has the rule " + Identifier.of(reaction.name())
                                + " ON UPDATE, which rewrites the statements of the job",
                        "drop or disable the rule, or make a trigger of it");
            }
        }
        return reactions.stream().flatMap(Reactions::note).toList();
    }

    private static Stream<String> note(Reaction reaction) {
        var trigger = "the trigger " + Identifier.of(reaction.name()) + " on " + shown(reaction.table());
        return switch (reaction.kind()) {
            case RULE -> Stream.empty();
            case SILENT ->
                Stream.of(trigger
                        + " does not fire: it is for statements on the partitioned table, and the job updates the"
                        + " partitions");
            case UNSUPPRESSED ->
                Stream.of(trigger + " fires though triggers are suppressed: it is enabled ALWAYS or for REPLICA");
            case VETO ->
                Stream.of(trigger
                        + " fires BEFORE each row: rows for which it returns NULL are not changed; the status tells"
                        + " how many at the end");
        };
    }

    private static String shown(JobDefinition.Table table) {
        return Identifier.of(table.schema()) + "." + Identifier.of(table.name());
    }
}
