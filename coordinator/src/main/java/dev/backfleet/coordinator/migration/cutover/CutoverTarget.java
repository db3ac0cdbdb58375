package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.common.job.Rollout.Wave;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * Who reads the new shape after a cutover. Pure.
 *
 * @param tenants those that are switched by name
 * @param percent the share of all
 * @param step which step of the file is on then; 0: none
 * @param reason for the flag and the audit
 */
record CutoverTarget(List<String> tenants, BigDecimal percent, int step, String reason) {
    private static final BigDecimal ALL = BigDecimal.valueOf(100);

    /**
     * What a request leads to.
     *
     * @param on the step that is on; empty: none
     * @throws OperationRefused ALREADY_DONE if all steps are on; GATE_CLOSED if the soak time is not over; INVALID if the share is smaller
     *     than it is now
     */
    static CutoverTarget of(
            Migration migration, String name, FlagState flag, Optional<FlagLog.StepOn> on, CutoverRequest request) {
        var step = on.map(FlagLog.StepOn::step).orElse(0);
        if (request.tenant() != null) {
            return new CutoverTarget(List.of(request.tenant()), flag.percent(), step, "tenant " + request.tenant());
        }
        if (request.percent().isPresent()) {
            var percent = BigDecimal.valueOf(request.percent().getAsInt());
            if (flag.on() && percent.compareTo(flag.percent()) < 0) {
                throw new OperationRefused(
                        Code.INVALID,
                        flag.percent().stripTrailingZeros().toPlainString()
                                + " % of the tenants read the new shape already",
                        "take it back with 'backfleet migration rollback " + name + "', then begin again");
            }
            return new CutoverTarget(List.of(), percent, reached(migration, flag, step, percent), percent + " %");
        }
        return nextStep(migration, name, flag, step, on);
    }

    // The steps of the file that a share by hand includes: all up to one that names tenants which it may leave out, or
    // a larger share.
    private static int reached(Migration migration, FlagState flag, int step, BigDecimal percent) {
        var steps = migration.cutover().steps();
        var reached = step;
        while (reached < steps.size() && includes(steps.get(reached), flag, percent)) {
            reached++;
        }
        return reached;
    }

    private static boolean includes(Wave step, FlagState flag, BigDecimal percent) {
        var named = percent.compareTo(ALL) == 0
                || step.tenants().stream()
                        .allMatch(tenant -> flag.on() && flag.tenants().getOrDefault(tenant, false));
        return named && BigDecimal.valueOf(step.percent()).compareTo(percent) <= 0;
    }

    private static CutoverTarget nextStep(
            Migration migration, String name, FlagState flag, int step, Optional<FlagLog.StepOn> on) {
        var plan = migration.cutover();
        if (step >= plan.steps().size()) {
            throw new OperationRefused(
                    Code.ALREADY_DONE,
                    "all " + step + " steps of " + name + " are on",
                    flag.tenants().containsValue(false)
                            ? "a tenant that goes on with the old shape is switched by its name: --tenant T"
                            : null);
        }
        on.filter(now -> now.since().compareTo(plan.soak()) < 0).ifPresent(now -> {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "step " + now.step() + " is on for " + HumanText.elapsed(now.since()) + ", and has to be for "
                            + HumanText.elapsed(plan.soak()),
                    "wait, or name the share: --percent N");
        });
        var wave = plan.steps().get(step);
        return new CutoverTarget(
                wave.tenants(),
                percent(wave, flag),
                step + 1,
                "step " + (step + 1) + " of " + plan.steps().size());
    }

    private static BigDecimal percent(Wave wave, FlagState flag) {
        var share = BigDecimal.valueOf(wave.percent());
        return share.max(flag.on() ? flag.percent() : BigDecimal.ZERO);
    }
}
