package dev.backfleet.coordinator.cli.text;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.control.ControlStore.Hold;
import dev.backfleet.coordinator.operation.control.Resume.Resumed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of a resume in words: what runs now, and what is still held. */
public final class ResumeText {
    private static final int NAMED = 5;

    private ResumeText() {}

    /** One line for the result, and one for each kind of hold that is left. */
    public static List<String> lines(@Nullable String job, Resumed resumed) {
        var named = job == null ? "the fleet" : job;
        var what = resumed.scope() instanceof Scope.Tenant one ? "tenant " + one.tenant() + " of " + named : named;
        var lines = new ArrayList<String>();
        lines.add(
                resumed.wasHeld()
                        ? "resumed " + what
                        : what + " was not paused"
                                + resumed.state().map(now -> ": it is " + now).orElse(""));
        var held = resumed.stillHeld();
        held.stream()
                .filter(hold -> hold.scope().equals(Scope.FLEET))
                .forEach(hold ->
                        lines.add("the fleet is still paused" + author(hold) + ": 'backfleet resume' resumes it"));
        var jobs =
                held.stream().filter(hold -> hold.scope() instanceof Scope.Job).toList();
        if (jobs.size() == 1) {
            lines.add(jobs.get(0).name() + " is still paused" + author(jobs.get(0)));
        } else if (!jobs.isEmpty()) {
            lines.add(HumanText.number(jobs.size()) + " jobs are still paused: "
                    + names(jobs.stream()
                            .map(hold -> String.valueOf(hold.name()))
                            .toList()));
        }
        var tenants = held.stream()
                .map(Hold::scope)
                .filter(Scope.Tenant.class::isInstance)
                .map(scope -> ((Scope.Tenant) scope).tenant())
                .toList();
        if (!tenants.isEmpty()) {
            lines.add(HumanText.number(tenants.size()) + (tenants.size() == 1 ? " tenant of " : " tenants of ") + named
                    + (tenants.size() == 1 ? " is" : " are") + " still paused: " + names(tenants));
        }
        resumed.spent()
                .ifPresent(budget -> lines.add("the error budget of " + named + " is still spent ("
                        + HumanText.number(budget.quarantined()) + " quarantined; " + HumanText.number(budget.rows())
                        + " rows and " + budget.percent()
                        + " of the scanned rows may be): the next rejected row halts the job"
                        + " again. 'backfleet quarantine " + named + " --retry' retries the rows, 'backfleet set "
                        + named
                        + " --error-budget-rows N' raises the budget"));
        return lines;
    }

    /** What is true while the workers are not informed. */
    public static String unpublished(String why) {
        return "the resume is stored, but the workers could not be informed over Kafka (" + why
                + "): they stay stopped until the leading coordinator, which repeats it by itself, reaches Kafka";
    }

    private static String author(Hold hold) {
        var by = hold.by() == null ? "" : " by " + hold.by();
        // Without a reason of a person, that of the job is only the author again.
        var saysMore = hold.reason() != null && !hold.reason().equals("paused" + by);
        return by
                + (hold.since() == null ? "" : " since " + HumanTime.moment(hold.since()))
                + (saysMore ? " (" + hold.reason() + ")" : "");
    }

    private static String names(List<String> all) {
        var more = all.size() - NAMED;
        return String.join(", ", all.subList(0, Math.min(NAMED, all.size())))
                + (more > 0 ? " and " + HumanText.number(more) + " more" : "");
    }
}
