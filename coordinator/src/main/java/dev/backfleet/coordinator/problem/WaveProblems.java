package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.WaveStatus;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a job between two waves of its rollout waits for. */
final class WaveProblems {
    private WaveProblems() {}

    /** The problem; nothing if the wave is not done, is the last one, or the next one begins by itself when the soak time is over. */
    static Optional<Problem> of(String job, WaveStatus wave, Instant now) {
        if (wave.openShards() > 0 || wave.endsRollout()) {
            return Optional.empty();
        }
        var done = "wave " + wave.number() + " of " + wave.of() + " is done";
        var promote = "'backfleet promote " + job + "' begins the next one";
        var next = wave.nextAt();
        if (next == null) {
            return Optional.of(
                    new Problem(ProblemCode.WAVE_DONE, Severity.WARNING, wave.doneAt(), done, promote, false));
        }
        return wave.reconcile() && !next.isAfter(now)
                ? Optional.of(reconcile(job, wave, done, promote))
                : Optional.empty();
    }

    private static Problem reconcile(String job, WaveStatus wave, String done, String promote) {
        var check = wave.check();
        var again = "'backfleet reconcile " + job + "' compares again, and the next wave begins if it finds nothing; "
                + promote + " nevertheless";
        if (check == null) {
            return problem(
                    wave, done + ", and waits for a reconcile of the rows so far, which begins now", promote, true);
        }
        if (!check.state().isTerminal()) {
            var running = done + ", and waits for " + check.name() + ", which compares the rows so far and is "
                    + check.state();
            return problem(
                    wave, running, "'backfleet status " + check.name() + "' tells more; " + promote + " at once", true);
        }
        var wrong = check.wrong();
        if (wrong == null) {
            return problem(
                    wave,
                    done + ", and " + check.name() + ", which was to compare the rows so far, is " + check.state(),
                    again,
                    false);
        }
        return wrong == 0
                ? problem(
                        wave, done + ", and its reconcile has found nothing wrong: the next one begins now", null, true)
                : problem(
                        wave,
                        done + ", and its reconcile has found " + HumanText.number(wrong)
                                + (wrong == 1 ? " row" : " rows") + " wrong or in quarantine: 'backfleet reconcile "
                                + job + " --show' tells which",
                        "correct them; then " + again,
                        false);
    }

    private static Problem problem(WaveStatus wave, String message, @Nullable String remedy, boolean byItself) {
        return new Problem(ProblemCode.WAVE_NOT_RECONCILED, Severity.WARNING, wave.doneAt(), message, remedy, byItself);
    }
}
