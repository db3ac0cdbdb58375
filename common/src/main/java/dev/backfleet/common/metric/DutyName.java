package dev.backfleet.common.metric;

import java.util.Locale;

/** The duties of a coordinator: the values of the label {@code duty}, and what each does. */
public enum DutyName {
    LEAD(Pace.SHORT, "takes and renews the leader's lease"),
    HEARTBEAT(Pace.SHORT, "tells workers that a coordinator leads, on the control topic"),
    DISPATCH(Pace.SHORT, "publishes tasks for the shards that may run"),
    COMPLETION(Pace.SHORT, "confirms pauses and cancellations, and ends finished jobs"),
    REAP(Pace.SHORT, "takes back shards whose worker is gone, and tasks that no worker took"),
    PROGRESS(Pace.SHORT, "measures the speed of jobs"),
    THROTTLE(Pace.SHORT, "reads the signals of the database's health, and sets the factors of jobs"),
    WAL_RATE(Pace.SHORT, "keeps jobs to their limits of WAL per second"),
    WAL_BOOKS(Pace.SHORT, "books the WAL that jobs write"),
    PASSES(Pace.SHORT, "ends the passes of jobs whose updates do not stay on their pages"),
    WINDOWS(Pace.SHORT, "opens and closes time windows"),
    ROLLOUTS(Pace.SHORT, "ends waves, and begins the next ones"),
    TIME(Pace.SHORT, "books where the time of jobs goes"),
    CONTROL_RECORDS(Pace.SHORT, "publishes pauses and resumes that a command could not publish, on the control topic"),
    EVENTS(Pace.SHORT, "completes events for the lifecycle topic and for webhooks (`backfleet_outbox_pending`)"),
    WEBHOOKS(Pace.SHORT, "reads the file of webhooks, and hands over what is due"),
    METRICS(Pace.SHORT, "reads what the leader publishes"),
    PLAN(Pace.LONG, "cuts the tables of new jobs into shards; in two threads"),
    SPLIT(Pace.LONG, "splits the last shards of a job"),
    ISOLATE(Pace.LONG, "splits shards at the rows of a tenant that is paused; of each coordinator"),
    SCHEMA_DRIFT(Pace.LONG, "compares tables with what jobs were submitted for"),
    COMPLETENESS(Pace.LONG, "looks for rows that a job has left out"),
    RECOVERY(Pace.LONG, "tries whether a job that paused itself can resume"),
    RECONCILE(Pace.LONG, "begins reconciles that are repeated, or belong to a wave"),
    GROWTH(Pace.LONG, "measures how much tables and indexes have grown"),
    CUTOVER_WATCH(
            Pace.LONG,
            "looks at the signals of cutovers, and takes reads back when one speaks against them; waits for endpoints"),
    CUTOVER(Pace.LONG, "takes the next step of cutovers that promote themselves"),
    AUDIT(Pace.LONG, "verifies the chain of the audit"),
    SAMPLES(Pace.LONG, "thins the samples of figures"),
    OLD_EVENTS(Pace.LONG, "deletes events and messages that were sent 30 days ago"),
    LIFECYCLE(Pace.LONG, "publishes events on the lifecycle topic; waits for Kafka"),
    DRIFT_EVENTS(Pace.LONG, "publishes that a reconcile has found wrong rows; waits for Kafka"),
    WEBHOOK_DELIVERY(Pace.LONG, "sends messages to one webhook; waits for its endpoint");

    private final Pace pace;
    private final String does;

    DutyName(Pace pace, String does) {
        this.pace = pace;
        this.does = does;
    }

    /** The value of the label. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a run takes well below a second on a healthy database: an alert fires if it takes seconds. */
    public boolean isShort() {
        return pace == Pace.SHORT;
    }

    /** What it does, in Markdown, as the predicate of a sentence. */
    public String does() {
        return does;
    }

    private enum Pace {
        SHORT,
        LONG
    }
}
