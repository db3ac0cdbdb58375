package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.job.Rollout.Wave;
import dev.backfleet.coordinator.migration.CutoverPlan;
import java.util.List;
import java.util.Locale;

/**
 * How reads would be switched, in the order of the JSON output; names and order are an interface.
 *
 * @param steps whom each switches, in words
 * @param soakSeconds how long each must have been on before the next one
 * @param promote who takes the steps after the first one: {@code manual} or {@code auto}
 * @param abort the signals that speak against it, with their thresholds
 */
public record PlannedCutover(List<String> steps, long soakSeconds, String promote, List<PlannedSignal> abort) {
    public PlannedCutover {
        steps = List.copyOf(steps);
        abort = List.copyOf(abort);
    }

    static PlannedCutover of(CutoverPlan plan) {
        return new PlannedCutover(
                plan.steps().stream().map(PlannedCutover::words).toList(),
                plan.soak().toSeconds(),
                plan.promotion().name().toLowerCase(Locale.ROOT),
                plan.abort().watched().stream()
                        .map(watched -> new PlannedSignal(
                                watched.signal(), watched.limits().words(watched.measure())))
                        .toList());
    }

    private static String words(Wave step) {
        return step.tenants().isEmpty()
                ? step.percent() + " %"
                : (step.tenants().size() == 1 ? "tenant " : "tenants ") + String.join(", ", step.tenants());
    }

    /** A signal, with {@code SOFT/HARD} as the file says. */
    public record PlannedSignal(String signal, String thresholds) {}
}
