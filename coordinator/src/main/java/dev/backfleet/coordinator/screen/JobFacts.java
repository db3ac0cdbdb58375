package dev.backfleet.coordinator.screen;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The facts of a job's status beside its state and its problems, in the order in which they are told. */
public final class JobFacts {
    /** The label of the numbers of shards: a map of them belongs below. */
    public static final String SHARDS = "shards";

    private final List<Fact> facts = new ArrayList<>();

    private JobFacts() {}

    /**
     * A fact.
     *
     * @param label what it is about; empty if it continues the one before
     */
    public record Fact(String label, String text) {}

    /** All that are known. */
    public static List<Fact> of(Snapshot snapshot) {
        var told = new JobFacts();
        told.progress(snapshot);
        told.times(snapshot.job(), snapshot.fleet().at());
        told.cost(snapshot);
        return List.copyOf(told.facts);
    }

    private void progress(Snapshot snapshot) {
        var job = snapshot.job();
        add("progress", JobFormat.percent(job));
        add("rows", JobFormat.rows(job));
        add("rate", JobFormat.rate(job));
        JobFormat.time(job).ifPresent(time -> add("time", time));
        ThrottleText.cost(job.throttle()).ifPresent(cost -> add("throttle", cost));
        if (!job.atRest()) {
            add("ETA", JobFormat.etaOrWhy(job, snapshot.fleet().at()));
        }
        add(SHARDS, JobFormat.shards(job));
        var wave = job.wave();
        if (wave != null) {
            add("wave", JobFormat.wave(wave, snapshot.fleet().at()));
        }
        if (!job.atRest()) {
            add("settings", JobFormat.settings(job));
            add("workers", String.valueOf(job.workers()));
        }
    }

    private void times(JobStatus job, Instant now) {
        add("submitted", HumanTime.ago(job.submittedAt(), now));
        addKnown("deadline", JobFormat.deadline(job, now));
        moment("started", job.startedAt(), now);
        moment("last batch", job.lastBatchAt(), now);
        moment("finished", job.finishedAt(), now);
        addKnown("elapsed", JobFormat.elapsed(job, now));
    }

    private void cost(Snapshot snapshot) {
        var cost = snapshot.cost();
        if (cost != null) {
            var label = "cost";
            for (var line : CostText.lines(cost, snapshot.fleet().at())) {
                add(label, line);
                label = "";
            }
        }
    }

    private void moment(String label, @Nullable Instant moment, Instant now) {
        addKnown(label, moment == null ? null : HumanTime.ago(moment, now));
    }

    private void addKnown(String label, @Nullable String text) {
        if (text != null) {
            add(label, text);
        }
    }

    private void add(String label, String text) {
        facts.add(new Fact(label, text));
    }
}
