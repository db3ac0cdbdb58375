package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.contract.ContractReport.Certainty;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.ContractReport.Next;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges whether the old columns may be renamed, or dropped, from what is known about them. */
final class ContractChecks {
    private static final BigDecimal ALL = BigDecimal.valueOf(100);
    private static final int SHOWN = 5;

    private final String name;
    private final ContractRules rules;
    private final ContractFacts facts;
    private final List<Line> lines = new ArrayList<>();

    private ContractChecks(String name, ContractRules rules, ContractFacts facts) {
        this.name = name;
        this.rules = rules;
        this.facts = facts;
    }

    /** All preconditions of a step. */
    static List<Line> lines(String name, Next next, ContractRules rules, ContractFacts facts) {
        var checks = new ContractChecks(name, rules, facts);
        checks.reads();
        if (next == Next.DROP && rules.rename()) {
            checks.kept();
        }
        checks.sync();
        checks.reconcile();
        checks.jobs();
        checks.dependents();
        checks.functions();
        checks.statements();
        checks.writers();
        checks.versions();
        return List.copyOf(checks.lines);
    }

    private void reads() {
        var reads = facts.reads();
        if (!reads.on() || reads.percent().compareTo(ALL) != 0) {
            red(
                    "reads",
                    Certainty.PROVEN,
                    (reads.on() ? reads.percent().stripTrailingZeros().toPlainString() : "0")
                            + " % of the tenants read the new shape",
                    "backfleet migration cutover " + name);
        } else if (reads.without() > 0) {
            red(
                    "reads",
                    Certainty.PROVEN,
                    reads.without() + (reads.without() == 1 ? " tenant reads" : " tenants read")
                            + " the old shape by name",
                    "backfleet migration cutover " + name + " --tenant T, for each of them");
        } else {
            aged("reads", Certainty.PROVEN, "all tenants read the new shape", reads.since(), rules.soak());
        }
    }

    private void kept() {
        aged("kept", Certainty.PROVEN, "the old columns are renamed", facts.renamedAt(), rules.keep());
    }

    private void sync() {
        var difference = facts.syncDifference();
        if (difference == null) {
            green("sync", Certainty.PROVEN, "both shapes are kept up");
        } else {
            red(
                    "sync",
                    Certainty.PROVEN,
                    "the sync is no longer as it was made: " + difference,
                    "see 'backfleet migration status " + name + "'");
        }
    }

    private void reconcile() {
        var passes = facts.passes();
        var remedy = "see 'backfleet reconcile " + name + " --show'";
        if (passes.last() == null) {
            red("reconcile", Certainty.PROVEN, "no reconcile has compared the rows", "backfleet reconcile " + name);
        } else if (passes.wrong() > 0) {
            red(
                    "reconcile",
                    Certainty.PROVEN,
                    "the last reconcile has found " + HumanText.number(passes.wrong()) + " wrong rows",
                    remedy);
        } else if (!passes.objections().isEmpty()) {
            red("reconcile", Certainty.PROVEN, "the gate refuses: " + String.join("; ", passes.objections()), remedy);
        } else if (facts.renamedAt() != null) {
            // The rule of the reconcile names the old columns.
            green("reconcile", Certainty.EVIDENCE, "no wrong row up to the renaming; the sync was not changed since");
        } else {
            aged(
                    "reconcile",
                    Certainty.PROVEN,
                    "no reconcile has found a wrong row",
                    passes.cleanSince(),
                    rules.clean());
        }
    }

    private void jobs() {
        if (facts.jobs().isEmpty()) {
            green(
                    "jobs",
                    Certainty.PROVEN,
                    "no job of the table is unfinished, or only a reconcile of the migration, which is waited for");
        } else {
            red(
                    "jobs",
                    Certainty.PROVEN,
                    "unfinished jobs of the table: " + some(facts.jobs()),
                    "wait for their end, or cancel them");
        }
    }

    private void dependents() {
        var blocking = facts.dependents().stream().filter(Dependent::blocks).toList();
        blocking.forEach(dependent -> red(
                "catalog",
                Certainty.PROVEN,
                dependent.words() + " needs an old column",
                dependent.words() + ": " + dependent.kind().remedy()));
        if (blocking.isEmpty()) {
            green("catalog", Certainty.PROVEN, "nothing in the database hangs on the old columns");
        }
    }

    private void functions() {
        facts.functions()
                .forEach(function -> red(
                        "functions",
                        Certainty.EVIDENCE,
                        "the text of the function " + function + " names an old column",
                        "the function " + function + ": " + Dependent.Kind.FUNCTION.remedy()));
        if (facts.functions().isEmpty()) {
            green("functions", Certainty.EVIDENCE, "no text of a function names an old column of the table");
        }
    }

    private void statements() {
        var found = facts.statements();
        if (found.unknown() != null) {
            unknown("statements", "whether statements name an old column: " + found.unknown());
        } else if (!found.called().isEmpty()) {
            red(
                    "statements",
                    Certainty.EVIDENCE,
                    "statements that name an old column were executed since the last look: " + some(found.called()),
                    "deploy a version of the application without them; the time begins anew");
        } else {
            aged(
                    "statements",
                    Certainty.EVIDENCE,
                    "no statement that names an old column was counted"
                            + (found.stars() == 0 ? "" : " (" + found.stars() + " over the table ask for all columns)"),
                    found.since(),
                    rules.clean());
        }
    }

    private void writers() {
        var found = facts.writers();
        if (found.unknown() != null) {
            unknown("writers", "who writes the old shape alone: " + found.unknown());
        } else if (!found.seen().isEmpty()) {
            red(
                    "writers",
                    Certainty.EVIDENCE,
                    "the old shape alone was written by " + some(found.seen()),
                    "deploy a version that writes the new shape; it counts again when they have written nothing for "
                            + HumanText.elapsed(rules.clean()));
        } else if (found.since() == null) {
            red(
                    "writers",
                    Certainty.EVIDENCE,
                    "writers of the old shape are not noted yet, or transactions go on that have begun before they were",
                    "backfleet migration contract " + name + ", which begins to note them");
        } else {
            aged("writers", Certainty.EVIDENCE, "nobody has written the old shape alone", found.since(), rules.clean());
        }
    }

    private void versions() {
        var behind = facts.instances().behind();
        if (behind.isEmpty()) {
            unknown(
                    "versions",
                    "whether an old version of the application runs"
                            + (facts.instances().known() == 0
                                    ? ""
                                    : "; all " + facts.instances().known()
                                            + " instances that report evaluate the flag as it is"));
        } else {
            red(
                    "versions",
                    Certainty.EVIDENCE,
                    "instances that evaluate an older version of the flag: " + some(behind),
                    "stop or restart them; a report counts for an hour");
        }
    }

    // What only a person can say counts for one step: a version may have been taken back since.
    private void unknown(String what, String says) {
        var word = facts.deployed();
        var renamed = facts.renamedAt();
        if (word != null && (renamed == null || word.at().isAfter(renamed))) {
            green(
                    what,
                    Certainty.CANNOT_BE_KNOWN,
                    says + "; " + word.by() + " has said that " + word.version() + " is deployed everywhere");
        } else {
            red(
                    what,
                    Certainty.CANNOT_BE_KNOWN,
                    says,
                    "say that a version that does not use the old columns is deployed everywhere: --i-have-deployed VERSION");
        }
    }

    private void aged(String what, Certainty certainty, String says, @Nullable Instant since, Duration required) {
        // What was found a moment ago may be younger than the clock that was read before it.
        var passed = since == null ? Duration.ZERO : Duration.between(since, facts.now());
        var age = passed.isNegative() ? Duration.ZERO : passed;
        var words = says + " for " + HumanText.elapsed(age);
        if (since != null && age.compareTo(required) >= 0) {
            green(what, certainty, words);
        } else {
            red(
                    what,
                    certainty,
                    words + "; required: " + HumanText.elapsed(required),
                    "wait, or change the time in the file and apply it");
        }
    }

    private void green(String what, Certainty certainty, String says) {
        lines.add(new Line(what, certainty, true, says, null));
    }

    private void red(String what, Certainty certainty, String says, String remedy) {
        lines.add(new Line(what, certainty, false, says, remedy));
    }

    private static String some(List<String> all) {
        var shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? shown + " and " + (all.size() - SHOWN) + " more" : shown;
    }
}
