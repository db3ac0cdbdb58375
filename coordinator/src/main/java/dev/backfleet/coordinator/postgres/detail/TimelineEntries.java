package dev.backfleet.coordinator.postgres.detail;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.detail.Timeline;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is stored of a job's past, in words. */
final class TimelineEntries {

    private TimelineEntries() {}

    /**
     * What was stored with an event; which of it is there depends on the event.
     *
     * @param setting the setting that was changed, the cause of lost time, or {@code itself} if nobody asked for a change of state
     * @param before what it was before; of lost time the signal, of a lost worker its id, of a start PAUSED if the job was planned so
     * @param now what it is since; of lost time the seconds
     * @param why the reason
     */
    record Details(
            @Nullable String setting,
            @Nullable String before,
            @Nullable String now,
            @Nullable String why) {}

    static Timeline.Entry entry(Instant at, String event, @Nullable String who, Details details) {
        return switch (event) {
            case "held" -> new Timeline.Entry(at, String.valueOf(details.setting()), null, held(details));
            case "state" -> state(at, details);
            default -> new Timeline.Entry(at, event, who, text(event, details));
        };
    }

    private static String held(Details details) {
        var signal = String.valueOf(details.before());
        var seconds = Duration.ofSeconds(Long.parseLong(String.valueOf(details.now())));
        return TimeCause.of(String.valueOf(details.setting())).words()
                + (signal.isEmpty() ? "" : " by " + signal)
                + " for about " + HumanText.elapsed(seconds);
    }

    // A change that is not in the audit: nobody has asked for it, or a release before did not store who.
    private static Timeline.Entry state(Instant at, Details details) {
        var why = details.why();
        var itself = details.setting() != null;
        return switch (JobState.valueOf(String.valueOf(details.now()))) {
            case HALTED -> new Timeline.Entry(at, "halted", null, because("HALTED", why));
            case SUCCEEDED, FAILED, CANCELLED ->
                new Timeline.Entry(at, "end", null, because(String.valueOf(details.now()), why));
            case RUNNING ->
                new Timeline.Entry(
                        at,
                        itself ? "goes-on" : "resume",
                        null,
                        itself ? "resumed by itself" : because("resumed", why));
            case PAUSED ->
                new Timeline.Entry(
                        at,
                        "paused",
                        null,
                        Objects.equals(details.before(), JobState.PLANNING.name())
                                ? "planned, and PAUSED"
                                : "PAUSED: it is confirmed that no more rows change");
            case PAUSING ->
                itself
                        ? new Timeline.Entry(at, "trouble", null, pausedItself(why))
                        : new Timeline.Entry(at, "pause", null, because("paused", why));
            case CANCELLING -> new Timeline.Entry(at, "cancel", null, because("cancelled", why));
            case PLANNING -> new Timeline.Entry(at, "state", null, because("PLANNING", why));
        };
    }

    // The reason that a worker stores begins so.
    private static String pausedItself(@Nullable String why) {
        return why != null && why.startsWith("paused itself") ? why : because("paused itself", why);
    }

    private static String text(String event, Details details) {
        var setting = details.setting();
        var before = details.before();
        var now = details.now();
        return switch (event) {
            case "submit" -> "submitted" + (now == null ? "" : " with --force, in spite of " + now);
            case "pause" -> because(because("paused", now), details.why());
            case "resume" -> because(because("resumed", now), details.why());
            case "cancel" -> because(because("cancelled", now), details.why());
            case "set" ->
                String.valueOf(setting).startsWith("set.")
                        ? "replaced the expression of "
                                + String.valueOf(setting).substring(4) + ": from " + before + " to " + now
                        : "set " + setting + " from " + before + " to " + now;
            case "promote" -> "began wave " + now;
            case "retry" -> "retried " + now;
            case "start" ->
                because(
                        before == null ? "planned, and RUNNING for the first time" : "RUNNING for the first time",
                        now == null ? null : "about " + now);
            case "wave-done" -> "wave " + now + " was done";
            case "quarantine" -> because("the first row in quarantine", details.why());
            case "worker-lost" -> "worker " + before + " lost: " + details.why();
            case "lease-expired" -> "worker " + before + " did not renew in time: " + details.why();
            case "note" -> String.valueOf(now);
            case "end" -> because(String.valueOf(now), details.why());
            case "now" -> because("is " + now, details.why());
            default -> because(because(event, now), details.why());
        };
    }

    private static String because(String what, @Nullable String why) {
        return why == null ? what : what + ": " + why;
    }
}
