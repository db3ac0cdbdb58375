package dev.backfleet.common.telemetry;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a log line says has happened, as a name that stays the same when the message is reworded: {@code event.action} of the Elastic
 * Common Schema. A line names it as the value of {@code action}; in plain lines it is left out, since the message says the same.
 */
public enum EventAction {
    COORDINATOR_STARTED("a coordinator has started; it is on standby until it leads"),
    COORDINATOR_STOPPED("a coordinator has stopped as it was told to"),
    LEADER_ACQUIRED("a coordinator leads from now on"),
    LEADER_LOST("a coordinator leads no longer"),
    LEASE_UNAVAILABLE(Outcome.FAILURE, "the database does not answer a coordinator that asks for the leader's lease"),
    LEASE_AVAILABLE("it answers again"),
    DUTY_FAILED(
            Outcome.FAILURE, "a duty of the leading coordinator has failed, for all jobs or for the one that is named"),
    DUTY_RESTORED("a duty that had failed for a job has succeeded"),
    JOB_PLANNED("a job was split into shards"),
    JOB_STATE_CHANGED("a job is in a new state: its pause or cancellation is complete, or it has ended"),
    JOB_UNREADABLE(Outcome.FAILURE, "a job of a later release was left alone"),
    JOB_THROTTLED("the throttle slows a job down"),
    JOB_SUSPENDED("the throttle has stopped a job"),
    JOB_UNTHROTTLED("a job may run at full speed again"),
    JOB_PAUSED_ITSELF(Outcome.FAILURE, "a job has paused itself, since the server cannot take its writes"),
    JOB_RESUMED_ITSELF("a job that had paused itself was resumed"),
    JOB_HALTED(
            Outcome.FAILURE, "a job was halted: its error budget is spent, or the table does not match its snapshot"),
    SIGNAL_UNREADABLE(Outcome.FAILURE, "a signal of the throttle cannot be read"),
    SIGNAL_READABLE("it can be read again"),
    WAVE_DONE("a wave of a rollout is done"),
    WAVE_BEGUN("the next wave was begun by itself"),
    WINDOW_CLOSED("a job's time window has closed"),
    PARTITION_ADDED("a new partition was taken into a job"),
    RECONCILE_BEGUN("a reconcile was begun by its schedule, or for a wave"),
    DRIFT_FOUND(Outcome.FAILURE, "a reconcile has found wrong rows"),
    CUTOVER_STEP("the coordinator has taken the next step of a cutover"),
    CUTOVER_TAKEN_BACK(
            Outcome.FAILURE, "a signal spoke against a cutover, and all reads were taken back to the old shape"),
    AUDIT_ANCHORED("the end of the audit, each hour: `backfleet.hash` is for `backfleet audit --verify --anchor`"),
    AUDIT_CHANGED(
            Outcome.FAILURE, "rows of the audit were changed, deleted or inserted by something else than a command"),
    WEBHOOK_DELIVERED("an endpoint has taken a message"),
    WEBHOOK_FAILED(
            Outcome.FAILURE, "an endpoint has not taken a message; `backfleet.again` says when it is sent again"),
    WEBHOOK_DISABLED(Outcome.FAILURE, "a webhook was turned off after five days of failures"),
    WEBHOOKS_READ("a new file of webhooks was read"),
    WEBHOOKS_REJECTED(Outcome.FAILURE, "a new file of webhooks is not right, and the one before stays in effect"),
    CONTROL_APPLIED("a record of the control topic was put into effect"),
    CONTROL_REFUSED(Outcome.FAILURE, "a record of the control topic cannot be put into effect"),
    CONTROL_CONNECTED("the control topic is read to its end"),
    CONTROL_DISCONNECTED(Outcome.FAILURE, "the control topic cannot be read: a worker stops"),
    HEARTBEAT_RECEIVED("a worker receives the heartbeats of a leading coordinator"),
    HEARTBEAT_MISSING(Outcome.FAILURE, "it receives none: it stops"),
    RECORD_SKIPPED(Outcome.FAILURE, "a record of a topic cannot be decoded"),
    TASK_NOT_PUBLISHED(Outcome.FAILURE, "tasks could not be published; they are published again"),
    TASK_NOT_ACKNOWLEDGED(Outcome.FAILURE, "a task may come twice; its second claim fails"),
    SHARD_CLAIMED("a worker has claimed a shard"),
    CLAIM_FAILED(Outcome.FAILURE, "a claim has failed; it is tried again, or the task is published again"),
    SHARD_DONE("all rows of a shard are processed"),
    SHARD_YIELDED("a worker has given a shard back before its end"),
    SHARD_FAILED(Outcome.FAILURE, "a shard cannot go on without a person"),
    SHARD_RECLAIMED("a shard waits for a worker again: its lease has expired, or nobody has claimed its task"),
    SHARD_SPLIT("shards were split, since slots were idle"),
    BATCH_COMMITTED("a batch was committed"),
    BATCH_FENCED(Outcome.FAILURE, "a batch has changed nothing, since the worker had lost its lease"),
    STATEMENT_FAILED(Outcome.FAILURE, "a statement of a batch has failed; `backfleet.kind` says what follows"),
    ROW_QUARANTINED(Outcome.FAILURE, "a row was rejected by PostgreSQL; its key is only in the database"),
    LEASE_LOST(Outcome.FAILURE, "a worker has lost a shard to another claim, a pause or the reaper"),
    WORKER_STARTED("a worker has started"),
    WORKER_DRAINING("a worker takes no more tasks, and gives its shards back"),
    WORKER_STOPPED("a worker has stopped as it was told to"),
    DATABASE_LOST(Outcome.FAILURE, "a worker cannot reach the database, or it takes no writes"),
    DATABASE_RESTORED("it can be reached, and takes writes"),
    TIMELINE_CHANGED("a standby of the database has taken over"),
    TOPIC_CREATED("a topic was created"),
    SCHEMA_MIGRATED("the control schema was created, or brought to this release");

    private enum Outcome {
        SUCCESS,
        FAILURE
    }

    private final Outcome outcome;
    private final String tells;

    EventAction(String tells) {
        this(Outcome.SUCCESS, tells);
    }

    EventAction(Outcome outcome, String tells) {
        this.outcome = outcome;
        this.tells = tells;
    }

    /** Its name in a line: {@code shard-claimed}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The value of {@code event.outcome}. */
    String outcome() {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** The table of all actions, in Markdown. */
    static String table() {
        return "| `event.action` | `event.outcome` | what has happened |\n|---|---|---|\n"
                + Arrays.stream(values())
                        .map(action -> "| `" + action + "` | " + action.outcome() + " | " + action.tells + " |\n")
                        .collect(Collectors.joining());
    }
}
