package dev.backfleet.coordinator.notify;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.query.ShowStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes a stored event with the job's status, and with a sentence that says what has happened. */
public final class EventComposer {
    private static final Logger LOG = LoggerFactory.getLogger(EventComposer.class);

    /** More than a record of the topic may have. */
    private static final int LONGEST = 50_000;

    private final ShowStatus.Jobs jobs;
    private final AskGate.Passes passes;

    public EventComposer(ShowStatus.Jobs jobs, AskGate.Passes passes) {
        this.jobs = jobs;
        this.passes = passes;
    }

    /** The event as it is told; nothing if its type is not known to this release. */
    public Optional<CloudEvent> compose(StoredEvent stored) {
        var snapshot = snapshot(stored);
        if (stored.isReconcile()) {
            return Optional.of(reconcile(stored, snapshot));
        }
        return EventType.named(stored.type())
                .map(type -> event(stored, type, data(stored, sentence(stored, type, snapshot), null, snapshot)));
    }

    /** The same without the job's status; nothing for a reconcile whose verdict was not asked for. */
    public static Optional<CloudEvent> withoutStatus(StoredEvent stored) {
        return EventType.named(stored.type())
                .map(type -> event(stored, type, data(stored, sentence(stored, type, null), null, null)));
    }

    // A job that this release cannot read must not hold up the events of the others.
    private @Nullable Snapshot snapshot(StoredEvent stored) {
        try {
            return Optional.ofNullable(stored.job()).flatMap(jobs::snapshot).orElse(null);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("event", stored.id())
                    .addKeyValue("cause", e.getMessage())
                    .log("an event is told without the job's status, which cannot be read");
            return null;
        }
    }

    private static CloudEvent event(StoredEvent stored, EventType type, EventData data) {
        var json = EventJson.write(data);
        var fitting = json.length() <= LONGEST ? json : EventJson.write(data.withoutStatus());
        return new CloudEvent(Long.toString(stored.id()), type, stored.at(), stored.job(), fitting);
    }

    private static EventData data(
            StoredEvent stored, String summary, EventData.@Nullable Reconcile reconcile, @Nullable Snapshot snapshot) {
        var id = stored.job();
        var table = snapshot == null ? null : snapshot.job().table();
        return new EventData(
                summary,
                id == null ? null : new EventData.Job(id, String.valueOf(stored.jobName()), table),
                stored.actor(),
                reason(stored),
                reconcile == null ? stored.before() : null,
                reconcile == null ? stored.after() : reconcile.verdict(),
                reconcile,
                snapshot == null ? null : snapshot.fleet().at(),
                snapshot == null ? null : JobReport.of(snapshot));
    }

    // A job's reason begins with who has paused it, which is told beside.
    private static @Nullable String reason(StoredEvent stored) {
        var reason = stored.reason();
        if (reason == null || stored.actor() == null) {
            return reason;
        }
        for (var done : List.of("paused by ", "cancelled by ")) {
            var begin = done + stored.actor();
            if (reason.equals(begin)) {
                return null;
            }
            if (reason.startsWith(begin + ": ")) {
                return reason.substring(begin.length() + 2);
            }
        }
        return reason;
    }

    private CloudEvent reconcile(StoredEvent stored, @Nullable Snapshot snapshot) {
        var answer = passes.facts(String.valueOf(stored.job()), Optional.empty())
                .map(found -> found.facts().answer(null, Optional.empty()));
        // A reconcile that has not succeeded says nothing of the rows.
        var verdict = answer.filter(known -> "SUCCEEDED".equals(stored.after()))
                .map(GateAnswer::verdict)
                .orElse(GateVerdict.INCOMPLETE);
        var rows = answer.map(GateAnswer::rows).orElse(null);
        var found = new EventData.Reconcile(
                Long.parseLong(String.valueOf(stored.before())),
                verdict.name(),
                rows == null ? null : rows.missing(),
                rows == null ? null : rows.different(),
                rows == null ? null : rows.failed());
        var why = "SUCCEEDED".equals(stored.after())
                ? answer.map(known -> String.join("; ", known.reasons())).filter(text -> !text.isEmpty())
                : Optional.of("the reconcile is " + stored.after());
        var type =
                switch (verdict) {
                    case SAFE -> EventType.RECONCILE_SAFE;
                    case DRIFT -> EventType.RECONCILE_DRIFT;
                    case INCOMPLETE -> EventType.RECONCILE_INCOMPLETE;
                };
        var with = new StoredEvent(
                stored.id(),
                stored.at(),
                type.text(),
                stored.job(),
                stored.jobName(),
                stored.before(),
                stored.after(),
                why.orElse(null),
                stored.actor());
        return event(with, type, data(with, "The verdict on " + stored.jobName() + " is " + verdict, found, snapshot));
    }

    private static String sentence(StoredEvent stored, EventType type, @Nullable Snapshot snapshot) {
        var name = stored.jobName();
        return switch (type) {
            case JOB_PROPOSED -> name + " was submitted";
            case JOB_PLANNED -> name + " is planned" + rows(snapshot);
            case JOB_STARTED -> name + " has started";
            case JOB_PAUSED -> name + " is PAUSED";
            case JOB_PAUSED_ITSELF -> name + " has paused itself";
            case JOB_RESUMED -> name + " is RUNNING again";
            case JOB_HELD -> name + " is throttled" + signal(snapshot);
            case JOB_RELEASED -> name + " is no longer throttled";
            case JOB_WAVE_DONE -> "Wave " + stored.after() + " of " + name + " is done";
            case JOB_QUARANTINED ->
                name + " has " + counted(Long.parseLong(String.valueOf(stored.after()))) + " in quarantine";
            case JOB_HALTED -> name + " has HALTED, and waits for somebody";
            case JOB_FAILED -> name + " has FAILED";
            case JOB_CANCELLED -> name + " is CANCELLED";
            case JOB_SUCCEEDED -> name + " has SUCCEEDED" + changed(snapshot);
            case FLEET_PAUSED -> "The whole fleet is paused";
            case FLEET_RESUMED -> "The fleet works again";
            case RECONCILE_SAFE, RECONCILE_DRIFT, RECONCILE_INCOMPLETE -> "A reconcile of " + name + " has ended";
            case MIGRATION_SWITCHED -> "Reads of " + name + " are switched: " + stored.after();
            case MIGRATION_ROLLED_BACK -> "All reads of " + name + " are taken back to the old shape";
            case MIGRATION_RENAMED -> "The old columns of " + name + " are renamed";
            case MIGRATION_RENAMED_BACK -> "The old columns of " + name + " have their names back";
            case WEBHOOK_TEST -> "This is a test of a webhook";
        };
    }

    private static String rows(@Nullable Snapshot snapshot) {
        var rows = snapshot == null ? null : snapshot.job().rows().estimated();
        return rows == null ? "" : ": about " + counted(rows);
    }

    private static String changed(@Nullable Snapshot snapshot) {
        return snapshot == null || !snapshot.job().settings().changesRows()
                ? ""
                : ": " + counted(snapshot.job().rows().changed()) + " changed";
    }

    private static String signal(@Nullable Snapshot snapshot) {
        var signal = snapshot == null ? null : snapshot.job().throttle().signal();
        return signal == null ? "" : " by " + signal;
    }

    private static String counted(long rows) {
        return HumanText.number(rows) + (rows == 1 ? " row" : " rows");
    }
}
