package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Change;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Moment;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Uses;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.ContractReport.Next;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges whether the old columns may be renamed, or dropped, from what is known about them: a rule for each {@link Precondition}. */
final class ContractChecks {
    private static final BigDecimal ALL = BigDecimal.valueOf(100);
    private static final int SHOWN = 5;

    private final String name;
    private final Next next;
    private final ContractRules rules;
    private final Moment moment;
    private final Change change;
    private final Uses uses;

    private ContractChecks(String name, Next next, ContractRules rules, ContractFacts facts) {
        this.name = name;
        this.next = next;
        this.rules = rules;
        this.moment = facts.moment();
        this.change = facts.change();
        this.uses = facts.uses();
    }

    /** What is found of each precondition of a step. */
    static List<Line> lines(String name, Next next, ContractRules rules, ContractFacts facts) {
        var checks = new ContractChecks(name, next, rules, facts);
        return Arrays.stream(Precondition.values())
                .flatMap(precondition -> checks.lines(precondition).stream())
                .toList();
    }

    private List<Line> lines(Precondition precondition) {
        return switch (precondition) {
            case READS -> List.of(reads());
            case KEPT -> next == Next.DROP && rules.rename() ? List.of(kept()) : List.of();
            case SYNC -> List.of(sync());
            case RECONCILE -> List.of(reconcile());
            case JOBS -> List.of(jobs());
            case CATALOG -> catalog();
            case FUNCTIONS -> functions();
            case STATEMENTS -> List.of(statements());
            case WRITERS -> List.of(writers());
            case VERSIONS -> List.of(versions());
        };
    }

    private Line reads() {
        var reads = change.reads();
        if (!reads.on() || reads.percent().compareTo(ALL) != 0) {
            return red(
                    Precondition.READS,
                    (reads.on() ? reads.percent().stripTrailingZeros().toPlainString() : "0")
                            + " % of the tenants read the new shape",
                    "backfleet migration cutover " + name);
        }
        if (reads.without() > 0) {
            return red(
                    Precondition.READS,
                    reads.without() + (reads.without() == 1 ? " tenant reads" : " tenants read")
                            + " the old shape by name",
                    "backfleet migration cutover " + name + " --tenant T, for each of them");
        }
        return aged(Precondition.READS, "all tenants read the new shape", reads.since(), rules.soak());
    }

    private Line kept() {
        return aged(Precondition.KEPT, "the old columns are renamed", moment.renamedAt(), rules.keep());
    }

    private Line sync() {
        var difference = change.syncDifference();
        return difference == null
                ? green(Precondition.SYNC, "both shapes are kept up")
                : red(
                        Precondition.SYNC,
                        "the sync is no longer as it was made: " + difference,
                        "see 'backfleet migration status " + name + "'");
    }

    private Line reconcile() {
        var passes = change.passes();
        var remedy = "see 'backfleet reconcile " + name + " --show'";
        if (passes.last() == null) {
            return red(Precondition.RECONCILE, "no reconcile has compared the rows", "backfleet reconcile " + name);
        }
        if (passes.wrong() > 0) {
            return red(
                    Precondition.RECONCILE,
                    "the last reconcile has found " + HumanText.number(passes.wrong()) + " wrong rows",
                    remedy);
        }
        if (!passes.objections().isEmpty()) {
            return red(Precondition.RECONCILE, "the gate refuses: " + String.join("; ", passes.objections()), remedy);
        }
        return moment.renamedAt() == null
                ? aged(Precondition.RECONCILE, "no reconcile has found a wrong row", passes.cleanSince(), rules.clean())
                // Its rule names the old columns, so it is not repeated.
                : green(
                        Precondition.RECONCILE,
                        Certainty.EVIDENCE,
                        "no wrong row up to the renaming; the sync was not changed since");
    }

    private Line jobs() {
        return change.jobs().isEmpty()
                ? green(
                        Precondition.JOBS,
                        "no job of the table is unfinished, or only a reconcile of the migration, which is waited for")
                : red(
                        Precondition.JOBS,
                        "unfinished jobs of the table: " + some(change.jobs()),
                        "wait for their end, or cancel them");
    }

    private List<Line> catalog() {
        var blocking = uses.dependents().stream().filter(Dependent::blocks).toList();
        return blocking.isEmpty()
                ? List.of(green(Precondition.CATALOG, "nothing in the database hangs on the old columns"))
                : blocking.stream()
                        .map(dependent -> red(
                                Precondition.CATALOG,
                                dependent.words() + " needs an old column",
                                dependent.words() + ": " + dependent.kind().remedy()))
                        .toList();
    }

    private List<Line> functions() {
        return uses.functions().isEmpty()
                ? List.of(green(Precondition.FUNCTIONS, "no text of a function names an old column of the table"))
                : uses.functions().stream()
                        .map(function -> red(
                                Precondition.FUNCTIONS,
                                "the text of the function " + function + " names an old column",
                                "the function " + function + ": " + Dependent.Kind.FUNCTION.remedy()))
                        .toList();
    }

    private Line statements() {
        var found = uses.statements();
        if (found.unknown() != null) {
            return unknown(Precondition.STATEMENTS, "whether statements name an old column: " + found.unknown());
        }
        if (!found.called().isEmpty()) {
            return red(
                    Precondition.STATEMENTS,
                    "statements that name an old column were executed since the last look: " + some(found.called()),
                    "deploy a version of the application without them; the time begins anew");
        }
        var stars = found.stars() == 0 ? "" : " (" + found.stars() + " over the table ask for all columns)";
        return aged(
                Precondition.STATEMENTS,
                "no statement that names an old column was counted" + stars,
                found.since(),
                rules.clean());
    }

    private Line writers() {
        var found = uses.writers();
        if (found.unknown() != null) {
            return unknown(Precondition.WRITERS, "who writes the old shape alone: " + found.unknown());
        }
        if (!found.seen().isEmpty()) {
            return red(
                    Precondition.WRITERS,
                    "the old shape alone was written by " + some(found.seen()),
                    "deploy a version that writes the new shape; it counts again when they have written nothing for "
                            + HumanText.elapsed(rules.clean()));
        }
        if (found.since() == null) {
            return red(
                    Precondition.WRITERS,
                    "writers of the old shape are not noted yet, or transactions go on that have begun before they were",
                    "backfleet migration contract " + name + ", which begins to note them");
        }
        return aged(Precondition.WRITERS, "nobody has written the old shape alone", found.since(), rules.clean());
    }

    private Line versions() {
        var instances = change.instances();
        if (!instances.behind().isEmpty()) {
            return red(
                    Precondition.VERSIONS,
                    Certainty.EVIDENCE,
                    "instances that evaluate an older version of the flag: " + some(instances.behind()),
                    "stop or restart them; a report counts for an hour");
        }
        return unknown(
                Precondition.VERSIONS,
                "whether an old version of the application runs"
                        + (instances.known() == 0
                                ? ""
                                : "; all " + instances.known() + " instances that report evaluate the flag as it is"));
    }

    // What only a person can say counts for one step: a version may have been taken back since.
    private Line unknown(Precondition what, String says) {
        var word = moment.deployed();
        var renamed = moment.renamedAt();
        return word != null && (renamed == null || word.at().isAfter(renamed))
                ? green(
                        what,
                        Certainty.CANNOT_BE_KNOWN,
                        says + "; " + word.by() + " has said that " + word.version() + " is deployed everywhere")
                : red(
                        what,
                        Certainty.CANNOT_BE_KNOWN,
                        says,
                        "say that a version that does not use the old columns is deployed everywhere: --i-have-deployed VERSION");
    }

    private Line aged(Precondition what, String says, @Nullable Instant since, Duration required) {
        // What was found a moment ago may be younger than the clock that was read before it.
        var passed = since == null ? Duration.ZERO : Duration.between(since, moment.now());
        var age = passed.isNegative() ? Duration.ZERO : passed;
        var words = says + " for " + HumanText.elapsed(age);
        return since != null && age.compareTo(required) >= 0
                ? green(what, words)
                : red(
                        what,
                        words + "; required: " + HumanText.elapsed(required),
                        "wait, or change the time in the file and apply it");
    }

    private static Line green(Precondition what, String says) {
        return green(what, what.certainty(), says);
    }

    private static Line green(Precondition what, Certainty certainty, String says) {
        return new Line(what, certainty, true, says, null);
    }

    private static Line red(Precondition what, String says, String remedy) {
        return red(what, what.certainty(), says, remedy);
    }

    private static Line red(Precondition what, Certainty certainty, String says, String remedy) {
        return new Line(what, certainty, false, says, remedy);
    }

    private static String some(List<String> all) {
        var shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? shown + " and " + (all.size() - SHOWN) + " more" : shown;
    }
}
