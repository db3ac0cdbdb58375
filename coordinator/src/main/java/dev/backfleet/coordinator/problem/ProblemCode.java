package dev.backfleet.coordinator.problem;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of problems, gravest first, with what the page of problems says about each. */
public enum ProblemCode {
    JOB_FAILED(
            "The job has ended as FAILED, with the first error of its shards.",
            "fix what the error names; `backfleet retry JOB` continues from the checkpoints"),
    JOB_HALTED(
            "The job has stopped itself: its table changed, or its error budget is spent.",
            "fix what the message names, then `backfleet resume JOB`; or `backfleet cancel JOB`"),
    SERVER_READ_ONLY(
            "The server accepts no writes: it is a standby, or `default_transaction_read_only` is set.",
            "let the address point to the primary, or make the server writable"),
    COMMITS_WAIT(
            "Commits wait for a synchronous standby that is not there.",
            "bring the standby back, or change `synchronous_standby_names`"),
    FLEET_PAUSED("An operator has paused the whole fleet.", "`backfleet resume`"),
    ROWS_IN_QUARANTINE(
            "PostgreSQL has rejected rows: they are not changed, and wait in quarantine.",
            "`backfleet quarantine JOB` lists them; fix the data or the expression, then `--retry`"),
    ROWS_LEFT_OUT(
            "Scanned rows were neither changed nor quarantined, and the table has a BEFORE trigger that may have returned NULL; or "
                    + "rows of the job's range still match `where` after its end.",
            "fix what keeps rows unchanged or writes the old form, then `backfleet submit SPEC --again`"),
    DRIFT(
            "The last reconcile has found rows that are not as the job should have made them.",
            "`backfleet reconcile JOB --show` tells which, and when they were written; fix what writes them, then correct them"),
    CUTOVER_TAKEN_BACK(
            "A signal that the file of a migration names was at its hard threshold twice, and all reads were taken back to the old shape. "
                    + "Nothing is lost by it.",
            "the message has signal, value and threshold ([runbook](../runbooks/cutover.md)); find the cause, then `backfleet migration "
                    + "cutover M` begins again with the first step"),
    CUTOVER_UNWATCHED(
            "A step of a cutover is on, and a signal that its file names cannot be judged, or no coordinator looks at it. No step is taken by "
                    + "itself, and none is taken back.",
            "fix what the message names, or look at the application yourself; `backfleet migration cutover M` takes the next step all the "
                    + "same, `backfleet migration rollback M` takes all back"),
    RENAMED_HURTS(
            "The old columns of a migration are renamed, and a signal that its file names is at its hard threshold. The coordinator only "
                    + "tells: it may change no definition.",
            "the message has signal, value and threshold, and the command that gives the columns their names back, which loses nothing "
                    + "([runbook](../runbooks/renamed.md))"),
    JOB_PAUSED("An operator has paused or cancelled the job.", "`backfleet resume JOB`"),
    JOB_PAUSED_ITSELF(
            "The job has paused itself after an error of the server that hits every row.",
            "fix what the message names; it says whether the job resumes by itself"),
    OUTSIDE_WINDOW(
            "The job's time window is closed.",
            "none, it resumes by itself when the window opens; `backfleet set JOB --window none` lets it run now"),
    THROTTLED(
            "A signal of the database's health slows the job down or suspends it, or did until a moment ago. A session that "
                    + "locks the job's table, or waits for such a lock, is named.",
            "none, it recovers by itself; or end the session that is named with `select pg_terminate_backend(PID)`; see "
                    + "[the throttle](../throttle.md)"),
    MISSES_DEADLINE(
            "The job is not done by the `deadline` of its spec, or will not be: the ETA's earliest end is later.",
            "see what holds the job back ([runbook](../runbooks/eta.md)): more workers, a higher limit, a wider window; or `backfleet set "
                    + "JOB --deadline MOMENT`"),
    REMARK(
            "A remark of a worker or coordinator about the job, such as a shard that does not advance.",
            "the message says it"),
    WAVE_DONE("The wave of a rollout is done, and the next one waits for a promotion.", "`backfleet promote JOB`"),
    WAVE_NOT_RECONCILED(
            "The wave of a rollout is done, and the next one begins only when a reconcile of the rows so far has found nothing wrong.",
            "none while the reconcile runs; if it has found wrong rows, fix what writes them and correct them, then "
                    + "`backfleet reconcile JOB` compares again; `backfleet promote JOB` begins the next wave nevertheless"),
    STANDBY_NOT_READ(
            "A reconcile with `--on` cannot read its standby: it is away or behind, rejects the workers' user, or lacks a permission. The "
                    + "message has the SQLSTATE.",
            "fix what the message names, and the reconcile continues by itself; or cancel it, and begin one without `--on`"),
    TENANTS_PAUSED("Tenants of the job are paused.", "`backfleet tenants JOB --state paused`"),
    NO_COORDINATOR(
            "There is no active coordinator: nothing is planned or dispatched.", "start `backfleet coordinator`"),
    WORKERS_ACCEPT_NO_TASKS(
            "Live workers accept no tasks; the message says why.",
            "restore what the message names; workers continue by themselves"),
    WORKER_LOST(
            "A worker has sent no heartbeat and has not ended in order: it was killed, is frozen, or is cut off.",
            "its shards go to others by themselves; start another worker if slots are missed"),
    NO_WORKER("No worker is alive.", "start `backfleet worker`"),
    BLOCKED_BY_SESSION(
            "No batch was committed for a while, and another session holds locks on the job's table; or half of the batches and "
                    + "more do not get their locks (55P03), so that the job moves slowly.",
            "let that transaction end, or end it with `select pg_terminate_backend(PID)`"),
    SLOW_ROWS(
            "Half of the batches and more have one or two rows, and still take longer than a batch is to take: PostgreSQL needs so long "
                    + "for a single row. Most often a trigger or a sub-select in the spec reads without an index, or the batch's plan reads "
                    + "rows that it does not change.",
            "`backfleet plan SPEC` shows how PostgreSQL executes a batch, and which triggers fire; add the index that is missing, or set "
                    + "`triggers: suppress` if they need not fire"),
    WAITS_FOR_SLOTS("All slots of live workers are busy with other jobs.", "none; more workers make it quicker"),
    TASKS_NOT_TAKEN(
            "Tasks were published, and no worker has taken one.",
            "check Kafka, and the topic prefix in the workers' settings"),
    NO_BATCH("Shards are worked on, but no batch was committed for a while.", "read the workers' logs"),
    EVENTS_WAIT(
            "Events are not on the lifecycle topic yet, because Kafka does not take them. Nothing is lost.",
            "none, if Kafka is away: they are sent when it is back; else see the coordinator's log"),
    WEBHOOK_FAILS(
            "Messages to a webhook are not delivered. They are sent again for 18 hours; after five days of failures the webhook is "
                    + "turned off.",
            "fix the endpoint, then `backfleet webhooks NAME --test` and `backfleet webhooks NAME --resend failed`"),
    WEBHOOKS_REJECTED(
            "The leading coordinator's file of webhooks was changed and has a mistake: the webhooks of the file before stay. A coordinator "
                    + "that starts with this file ends with an error.",
            "fix the line that the message names; the file is read again when it changes");

    private final String cause;
    private final String action;

    ProblemCode(String cause, String action) {
        this.cause = cause;
        this.action = action;
    }

    /** As in JSON and on the page: {@code no-worker}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a job that is to move does not move, or moves more slowly, because of it. */
    public boolean holdsWork() {
        return switch (this) {
            case JOB_FAILED,
                    JOB_HALTED,
                    ROWS_IN_QUARANTINE,
                    ROWS_LEFT_OUT,
                    DRIFT,
                    CUTOVER_TAKEN_BACK,
                    CUTOVER_UNWATCHED,
                    RENAMED_HURTS,
                    JOB_PAUSED,
                    JOB_PAUSED_ITSELF,
                    MISSES_DEADLINE,
                    REMARK,
                    TENANTS_PAUSED,
                    WORKERS_ACCEPT_NO_TASKS,
                    WORKER_LOST,
                    EVENTS_WAIT,
                    WEBHOOK_FAILS,
                    WEBHOOKS_REJECTED -> false;
            case SERVER_READ_ONLY,
                    COMMITS_WAIT,
                    FLEET_PAUSED,
                    OUTSIDE_WINDOW,
                    THROTTLED,
                    WAVE_DONE,
                    WAVE_NOT_RECONCILED,
                    STANDBY_NOT_READ,
                    NO_COORDINATOR,
                    NO_WORKER,
                    BLOCKED_BY_SESSION,
                    SLOW_ROWS,
                    WAITS_FOR_SLOTS,
                    TASKS_NOT_TAKEN,
                    NO_BATCH -> true;
        };
    }

    /** What it means, as a sentence. */
    String cause() {
        return cause;
    }

    /** What to do, in Markdown. */
    String action() {
        return action;
    }
}
