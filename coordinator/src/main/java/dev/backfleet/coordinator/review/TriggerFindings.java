package dev.backfleet.coordinator.review;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.state.TriggerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** The triggers that the job fires, and those that a person might think it fires. */
final class TriggerFindings {
    private final boolean suppressed;
    private final List<TriggerState> triggers;

    private TriggerFindings(Subject subject) {
        this.suppressed = subject.job().work().suppressesTriggers();
        this.triggers = subject.table().triggers().stream()
                .filter(trigger -> !trigger.harmless() && !isOwnSync(subject, trigger))
                .toList();
    }

    // It does not fire in the transactions of the job.
    private static boolean isOwnSync(Subject subject, TriggerState trigger) {
        var migration = subject.job().work().migration();
        return migration != null && trigger.name().equals("zz_backfleet_sync_" + migration + "_u");
    }

    static List<Finding> of(Subject subject) {
        return new TriggerFindings(subject).all();
    }

    private List<Finding> all() {
        var findings = new ArrayList<Finding>();
        if (suppressed) {
            findings.add(Finding.of(
                    FindingCode.TRIGGERS_SUPPRESSED,
                    "triggers are suppressed, and with them the checks of foreign keys on the changed columns"));
        }
        triggers.stream()
                .filter(this::isSilent)
                .forEach(
                        trigger -> findings.add(
                                Finding.of(
                                        FindingCode.TRIGGER_DOES_NOT_FIRE,
                                        shown(trigger)
                                                + " does not fire: it is for statements on the partitioned table, and the job updates the partitions")));
        // Of a trigger that several partitions have, one is listed; with other functions it is another one.
        var firing = triggers.stream()
                .filter(trigger -> fires(trigger) && !isSilent(trigger))
                .toList();
        if (suppressed) {
            firing.forEach(trigger -> findings.add(Finding.of(
                    FindingCode.TRIGGER_NOT_SUPPRESSED,
                    shown(trigger) + " fires though triggers are suppressed: it is enabled ALWAYS or for REPLICA; "
                            + described(trigger))));
        }
        firing.stream()
                .filter(trigger -> trigger.row() && trigger.before())
                .forEach(trigger -> findings.add(Finding.of(
                        FindingCode.TRIGGER_MAY_KEEP_ROWS,
                        shown(trigger)
                                + " fires BEFORE each row: rows for which it returns NULL are not changed; they are counted"
                                + " when the job ends")));
        if (!suppressed && !firing.isEmpty()) {
            var byName = new LinkedHashMap<String, String>();
            firing.forEach(trigger -> byName.putIfAbsent(
                    Identifier.of(trigger.name()).toString() + " " + trigger.function(),
                    Identifier.of(trigger.name()) + " (" + described(trigger) + ")"));
            findings.add(Finding.of(
                    FindingCode.TRIGGERS_FIRE,
                    "triggers that the job fires: " + String.join(", ", byName.values()),
                    "'triggers: suppress' leaves them out, if the role may, and with them the checks of foreign keys"));
        }
        return findings;
    }

    private boolean fires(TriggerState trigger) {
        return trigger.enabled().equals("A") || trigger.enabled().equals(suppressed ? "R" : "O");
    }

    private boolean isSilent(TriggerState trigger) {
        return fires(trigger) && !trigger.row() && trigger.partitioned();
    }

    private static String shown(TriggerState trigger) {
        return "the trigger " + Identifier.of(trigger.name()) + " on " + trigger.table();
    }

    private static String described(TriggerState trigger) {
        var does = FunctionText.of(trigger.language(), trigger.source()).words();
        return (trigger.before() ? "BEFORE" : "AFTER") + (trigger.row() ? " each row" : " each batch") + ": "
                + trigger.function() + " in " + trigger.language()
                + (trigger.definer() ? " with its owner's rights" : "") + (does.isEmpty() ? "" : ", " + does);
    }
}
