package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checks the triggers and rules that an update of rows fires: rules are refused, triggers are told of. */
final class Reactions {
    private Reactions() {}

    /**
     * The findings for the person who submits.
     *
     * @throws dev.backfleet.common.spec.SpecException if there is a rule for UPDATE
     */
    static List<Finding> findings(List<Reaction> reactions, SpecLocations places) {
        for (var reaction : reactions) {
            if (reaction.kind() == Reaction.Kind.RULE) {
                throw places.problem(
                        "table",
                        shown(reaction.table()) + " has the rule " + Identifier.of(reaction.name())
                                + " ON UPDATE, which rewrites the statements of the job",
                        "drop or disable the rule, or make a trigger of it");
            }
        }
        var findings =
                new ArrayList<>(reactions.stream().flatMap(Reactions::finding).toList());
        var firing = firing(reactions);
        if (!firing.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.TRIGGERS_FIRE,
                    "triggers that the job fires: " + String.join(", ", firing),
                    "'triggers: suppress' leaves them out, if the role may, and with them the checks of foreign keys"));
        }
        return findings;
    }

    // One that can keep a row fires as well.
    private static List<String> firing(List<Reaction> reactions) {
        return reactions.stream()
                .filter(reaction -> switch (reaction.kind()) {
                    case FIRES, VETO -> true;
                    case RULE, SILENT, UNSUPPRESSED -> false;
                })
                .filter(reaction -> reactions.stream()
                        .noneMatch(other -> other.kind() == Reaction.Kind.UNSUPPRESSED
                                && other.name().equals(reaction.name())))
                .map(reaction -> Identifier.of(reaction.name()).toString())
                .distinct()
                .toList();
    }

    private static Stream<Finding> finding(Reaction reaction) {
        var trigger = "the trigger " + Identifier.of(reaction.name()) + " on " + shown(reaction.table());
        return switch (reaction.kind()) {
            case RULE, FIRES -> Stream.empty();
            case SILENT ->
                Stream.of(Finding.of(
                        FindingCode.TRIGGER_DOES_NOT_FIRE,
                        trigger
                                + " does not fire: it is for statements on the partitioned table, and the job updates the"
                                + " partitions"));
            case UNSUPPRESSED ->
                Stream.of(Finding.of(
                        FindingCode.TRIGGER_NOT_SUPPRESSED,
                        trigger + " fires though triggers are suppressed: it is enabled ALWAYS or for REPLICA"));
            case VETO ->
                Stream.of(Finding.of(
                        FindingCode.TRIGGER_MAY_KEEP_ROWS,
                        trigger
                                + " fires BEFORE each row: rows for which it returns NULL are not changed; they are counted"
                                + " when the job ends"));
        };
    }

    private static String shown(JobDefinition.Table table) {
        return Identifier.of(table.schema()) + "." + Identifier.of(table.name());
    }
}
