package dev.backfleet.coordinator.review;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.Recomputation;
import dev.backfleet.coordinator.pin.state.Matching;
import dev.backfleet.coordinator.pin.state.TableState.CalledFunction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/** What the expressions of a job give: whether twice the same, and whether a changed row is told from one that is not. */
final class ExpressionFindings {
    private static final int VOLATILE = 2;
    private static final int IMMUTABLE = 0;

    private final Subject subject;
    private final List<String> set;
    private final List<Finding> findings = new ArrayList<>();

    private ExpressionFindings(Subject subject) {
        this.subject = subject;
        this.set = subject.job().work().columns();
    }

    static List<Finding> of(Subject subject) {
        var all = new ExpressionFindings(subject);
        all.completeness();
        all.functions();
        all.times();
        return all.findings;
    }

    /** A large table that a sub-select reads from beginning to end. */
    static Finding readInFull(String table) {
        return Finding.of(
                FindingCode.SUBSELECT_WITHOUT_INDEX,
                "a sub-select reads " + table + " from beginning to end, for each row or for each batch",
                "create index concurrently on " + table + " (…), over the columns of its condition");
    }

    /** Rows that still match the condition after the change. */
    static Stream<Finding> matching(Matching matching) {
        return matching.still() == 0
                ? Stream.empty()
                : Stream.of(Finding.of(
                        FindingCode.WHERE_STAYS_TRUE,
                        "of " + HumanText.number(matching.rows()) + " rows that where selects, "
                                + HumanText.number(matching.still())
                                + " still match it after the change: which rows were left out cannot be told at the end",
                        "a where that no longer holds after the change"));
    }

    private void completeness() {
        var work = subject.job().work();
        // A copy is found by its key: a second run finds it there.
        if (set.isEmpty() && work.kind() == Work.Kind.COPY_ROWS) {
            return;
        }
        var where = work.where();
        var changing = new HashSet<>(set);
        changing.addAll(subject.computed());
        // One that names the table as a whole may use any column.
        changing.add(subject.job().table().name());
        if (where == null) {
            findings.add(Finding.of(
                    FindingCode.NO_WHERE,
                    "without a where, every row is changed, rows that are right already as well",
                    "a where that no longer holds after the change skips these, and lets the job look for rows that it"
                            + " left out"));
        }
        var staysTrue = where != null
                && SqlExpression.parse(where).references().stream().noneMatch(changing::contains);
        if (staysTrue) {
            findings.add(Finding.of(
                    FindingCode.WHERE_STAYS_TRUE,
                    "where uses no column that is set, so it also holds after the change: which rows were left out cannot be told"
                            + " at the end",
                    "add a condition on " + Subject.columns(set) + " that no longer holds after the change, such as "
                            + Identifier.of(set.get(0)) + " is null"));
        }
        var own = work.set().stream()
                .filter(assignment -> readsOwn(assignment))
                .map(assignment -> Identifier.of(assignment.column()).toString())
                .toList();
        if (!own.isEmpty()) {
            var computed = "the new value of " + Subject.named(own) + " is computed from a column that is set";
            findings.add(
                    where == null || staysTrue
                            ? Finding.of(
                                    FindingCode.NOT_IDEMPOTENT,
                                    computed + ": a second run changes the rows once more",
                                    "a where that no longer holds after the change, if there is one; the job itself changes each row once")
                            : Finding.of(
                                    FindingCode.READS_OWN_COLUMN,
                                    computed + ": a second run changes rows once more for which where still holds"));
        }
    }

    private boolean readsOwn(Assignment assignment) {
        return SqlExpression.parse(assignment.expression()).references().stream()
                .anyMatch(set::contains);
    }

    private void functions() {
        var called = subject.table().functions();
        var moving =
                called.stream().filter(function -> function.rank() == VOLATILE).toList();
        if (!moving.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.VOLATILE_EXPRESSION,
                    "an expression calls " + names(moving)
                            + (moving.size() == 1 ? ", which is VOLATILE" : ", which are VOLATILE")
                            + ": the value of a row cannot be computed again, and a batch that is tried again computes another one",
                    "compute the value from the row, if that is meant"));
        }
        called.stream()
                .filter(function -> !function.builtIn() && function.rank() < VOLATILE)
                .forEach(function -> findings.add(notChecked(function)));
    }

    private static Finding notChecked(CalledFunction function) {
        var text = FunctionText.of(function.language(), function.source());
        var promise = function.rank() == IMMUTABLE ? "IMMUTABLE" : "STABLE";
        var doubt = function.rank() == IMMUTABLE && !text.reads().isEmpty()
                ? ": a function that reads tables is not IMMUTABLE"
                : "";
        return Finding.of(
                FindingCode.FUNCTION_NOT_CHECKED,
                "the function " + function.name() + " is declared " + promise + ", which PostgreSQL does not check"
                        + (text.words().isEmpty()
                                ? ""
                                : "; it " + (text.known() ? "" : "is written in " + function.language() + ", ")
                                        + text.words())
                        + doubt);
    }

    private static String names(List<CalledFunction> functions) {
        return functions.stream()
                .map(function -> function.name().replaceFirst("^pg_catalog\\.", "") + "()")
                .collect(joining(", "));
    }

    private void times() {
        var used = subject.job().work().set().stream()
                .flatMap(assignment -> SqlExpression.parse(assignment.expression()).names().stream())
                .filter(Recomputation.TIMES::contains)
                .distinct()
                .sorted()
                .toList();
        if (!used.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.TIME_OF_TRANSACTION,
                    String.join(", ", used) + (used.size() == 1 ? " is" : " are")
                            + " the time of a batch: the rows of another batch get another one",
                    "write a constant, if all rows are to have the same"));
        }
    }
}
