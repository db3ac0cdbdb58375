package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.Notifications;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** That others are not told of events. */
final class NotificationProblems {
    private static final Duration USUAL = Duration.ofSeconds(10);

    private NotificationProblems() {}

    /** Nothing without a leader, which is a problem of its own. */
    static List<Problem> of(FleetStatus fleet) {
        var problems = new ArrayList<Problem>();
        if (!fleet.led()) {
            return problems;
        }
        var waiting = fleet.notifications();
        var since = waiting.since();
        if (since != null && Duration.between(since, fleet.at()).compareTo(USUAL) > 0) {
            problems.add(new Problem(
                    ProblemCode.EVENTS_WAIT,
                    Severity.REMARK,
                    since,
                    counted(waiting.unpublished(), "event") + " for the lifecycle topic since "
                            + HumanTime.moment(since),
                    "nothing is lost: they are published by themselves when Kafka takes them",
                    true));
        }
        waiting.webhooks().stream()
                .filter(webhook -> webhook.failingSince() != null)
                .map(NotificationProblems::webhook)
                .forEach(problems::add);
        var rejected = waiting.rejected();
        if (rejected != null) {
            problems.add(new Problem(
                    ProblemCode.WEBHOOKS_REJECTED,
                    Severity.WARNING,
                    rejected.since(),
                    "the file of webhooks was changed, and is not in effect since " + HumanTime.moment(rejected.since())
                            + ": " + rejected.why(),
                    "the webhooks of the file before stay; the file is read again when it changes",
                    false));
        }
        return problems;
    }

    private static Problem webhook(Notifications.Webhook webhook) {
        var since = webhook.failingSince();
        var failed = "webhook " + webhook.name() + " fails since "
                + (since == null ? "its start" : HumanTime.moment(since)) + ", " + webhook.failure();
        return new Problem(
                ProblemCode.WEBHOOK_FAILS,
                Severity.WARNING,
                since,
                webhook.off()
                        ? failed + ": it is turned off"
                        : failed
                                + (webhook.waiting() > 0
                                        ? "; " + counted(webhook.waiting(), "message")
                                        : "; what failed was given up"),
                webhook.off()
                        ? "fix the endpoint, then 'backfleet webhooks " + webhook.name() + " --test' turns it on"
                        : webhook.waiting() > 0
                                ? "they are sent again by themselves; 'backfleet webhooks " + webhook.name()
                                        + "' lists them"
                                : "'backfleet webhooks " + webhook.name() + " --resend failed' sends it again",
                !webhook.off() && webhook.waiting() > 0);
    }

    private static String counted(long number, String what) {
        return HumanText.number(number) + " " + what + (number == 1 ? " waits" : "s wait");
    }
}
