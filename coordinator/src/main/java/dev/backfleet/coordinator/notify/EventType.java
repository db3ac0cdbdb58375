package dev.backfleet.coordinator.notify;

import java.util.Optional;
import java.util.stream.Stream;

/** The types of events that are told to others. The text is an interface: a change that breaks readers is a new type, {@code .v2}. */
public enum EventType {
    /** A job was submitted, and waits to be planned. */
    JOB_PROPOSED("job.proposed", "The job was submitted, and waits to be planned"),
    /** A job was cut into shards. */
    JOB_PLANNED("job.planned", "The job was cut into shards"),
    /** A job is RUNNING for the first time. */
    JOB_STARTED("job.started", "The job is RUNNING for the first time"),
    /** A job is PAUSED. */
    JOB_PAUSED("job.paused", "The job is PAUSED: PostgreSQL has confirmed that no row of it changes"),
    /** A job paused itself. */
    JOB_PAUSED_ITSELF(
            "job.paused-itself",
            "The job stops because of a failure; it resumes by itself, or the reason says what to do"),
    /** A job is RUNNING again. */
    JOB_RESUMED("job.resumed", "The job is RUNNING again"),
    /** The throttle holds a job back. */
    JOB_HELD("job.held", "The throttle has begun to hold the job back; `before` and `after` are its factor"),
    /** The throttle holds a job back no longer. */
    JOB_RELEASED("job.released", "The throttle no longer holds the job back"),
    /** A wave of a rollout is done. */
    JOB_WAVE_DONE("job.wave-done", "A wave of the job's rollout is done; `after` is its number"),
    /** Rows of a job are in quarantine. */
    JOB_QUARANTINED(
            "job.quarantined",
            "Rows of the job are in quarantine: with the first one, and at most each 15 minutes if there are more; `before` and `after` are"
                    + " how many"),
    /** A job has halted. */
    JOB_HALTED("job.halted", "The job has stopped until somebody fixes what the reason names"),
    /** A job has FAILED. */
    JOB_FAILED("job.failed", "The job has ended as FAILED"),
    /** A job is CANCELLED. */
    JOB_CANCELLED("job.cancelled", "The job has ended because somebody has cancelled it"),
    /** A job has SUCCEEDED. */
    JOB_SUCCEEDED("job.succeeded", "The job has ended as SUCCEEDED"),
    /** The fleet is paused. */
    FLEET_PAUSED("fleet.paused", "The whole fleet is to be paused: from now on, no batch begins"),
    /** The fleet is resumed. */
    FLEET_RESUMED("fleet.resumed", "The fleet works again"),
    /** A reconcile has found a job's rows to be right. */
    RECONCILE_SAFE("reconcile.safe", "A reconcile of the job has ended, and the gate is SAFE"),
    /** A reconcile has found wrong rows. */
    RECONCILE_DRIFT("reconcile.drift", "A reconcile of the job has ended, and has found wrong rows"),
    /** A reconcile cannot tell. */
    RECONCILE_INCOMPLETE(
            "reconcile.incomplete", "A reconcile of the job has ended, and it is not certain that no row is wrong"),
    /** Reads of a migration were switched. */
    MIGRATION_SWITCHED(
            "migration.switched",
            "Other tenants than before read the new shape of a migration, whose job has its name; `before` and `after` are the state of its"
                    + " flag and the share of tenants"),
    /** Reads of a migration were taken back. */
    MIGRATION_ROLLED_BACK(
            "migration.rolled-back",
            "All reads of a migration are back at the old shape; the actor `auto:cutover` is the watch over its signals"),
    /** Old columns of a migration have other names. */
    MIGRATION_RENAMED(
            "migration.renamed",
            "The old columns of a migration have other names: whoever still names one gets an error"),
    /** Old columns of a migration have their names back. */
    MIGRATION_RENAMED_BACK(
            "migration.renamed-back",
            "The old columns of a migration have their names back; with a reason, the watch over the renaming has done that by itself"),
    /** A test of a webhook. */
    WEBHOOK_TEST("webhook.test", "Somebody has asked for a test of a webhook with `backfleet webhooks NAME --test`");

    private static final String PREFIX = "dev.backfleet.";
    private static final String VERSION = ".v1";

    private final String text;
    private final String tells;

    EventType(String text, String tells) {
        this.text = text;
        this.tells = tells;
    }

    /** The type with a short name, as it is stored: {@code job.paused}. */
    public static Optional<EventType> named(String text) {
        return Stream.of(values()).filter(type -> type.text.equals(text)).findFirst();
    }

    /** The short name: {@code job.paused}. */
    public String text() {
        return text;
    }

    /** The type of a CloudEvent: {@code dev.backfleet.job.paused.v1}. */
    public String cloudEventType() {
        return PREFIX + text + VERSION;
    }

    /** What it says, in Markdown without a period. */
    public String tells() {
        return tells;
    }

    /** What webhooks get at most one message of in 15 minutes, for each job; nothing if they get one for each event. */
    public Optional<String> digest() {
        return switch (this) {
            case JOB_HELD, JOB_RELEASED -> Optional.of("throttle");
            case JOB_QUARANTINED -> Optional.of("quarantine");
            default -> Optional.empty();
        };
    }

    /** Whether a pattern names it: {@code job.paused}, {@code job.*} or {@code *}. */
    public boolean matches(String pattern) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }
}
