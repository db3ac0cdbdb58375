package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.ProblemCode;
import dev.backfleet.coordinator.problem.Severity;
import dev.backfleet.coordinator.screen.Style;
import java.time.Instant;
import java.util.List;

/**
 * A problem as a page shows it.
 *
 * @param tone the class of the style sheet
 * @param words how grave it is
 * @param text the cause with the remedy, as a status tells it
 * @param note since when, and whether work goes on by itself; empty if there is nothing to add
 */
public record Notice(String tone, String words, List<Prose.Part> text, String note) {

    static List<Notice> of(List<Problem> problems, Instant now) {
        return problems.stream().map(problem -> of(problem, now)).toList();
    }

    private static Notice of(Problem problem, Instant now) {
        return new Notice(
                Chip.tone(Style.of(problem.severity())),
                problem.severity().text(),
                Prose.parts(problem.text()),
                note(problem, now));
    }

    private static String note(Problem problem, Instant now) {
        var since = problem.since() == null ? "" : "Since " + HumanTime.ago(problem.since(), now) + ".";
        return (since + " " + after(problem)).strip();
    }

    private static String after(Problem problem) {
        if (problem.goesOnByItself()) {
            return "Work goes on by itself when this is over.";
        }
        // Of a job that has ended, or of what needs nobody, nothing is to be done.
        var rests = problem.code() == ProblemCode.JOB_FAILED || problem.severity() == Severity.REMARK;
        return rests ? "" : "It stays until somebody acts.";
    }
}
