package dev.backfleet.coordinator.screen;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job's status as an aligned block: notices come first. */
public final class StatusText {
    private static final int LABEL = 11;

    private final List<StyledLine> lines = new ArrayList<>();
    private final TerminalCapabilities look;

    private StatusText(TerminalCapabilities look) {
        this.look = look;
    }

    /** The block's lines. They are not truncated, since the output may be a file. */
    public static List<String> lines(Snapshot snapshot, TerminalCapabilities look) {
        var text = new StatusText(look);
        text.state(snapshot);
        text.progress(snapshot);
        text.times(snapshot.job(), snapshot.fleet().at());
        text.cost(snapshot);
        var wide = new TerminalCapabilities(Integer.MAX_VALUE, look.rows(), look.colour());
        return text.lines.stream().map(line -> line.render(wide)).toList();
    }

    private void state(Snapshot snapshot) {
        var job = snapshot.job();
        add("state", Style.of(job), job.state().name());
        for (var notice : JobProblems.of(snapshot)) {
            PlainText.wrap(notice.text(), Math.max(20, look.columns() - LABEL))
                    .forEach(line -> add("", Style.of(notice.severity()), line));
        }
        add("job", job.name() + " (id " + job.id() + ")");
        add("table", job.table());
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
        add("shards", JobFormat.shards(job));
        map(job, snapshot.map());
        var wave = job.wave();
        if (wave != null) {
            add("wave", JobFormat.wave(wave, snapshot.fleet().at()));
        }
        if (!job.atRest()) {
            add("settings", JobFormat.settings(job));
        }
        if (!job.atRest()) {
            add("workers", String.valueOf(job.workers()));
        }
    }

    private void map(JobStatus job, ShardMap map) {
        if (!job.atRest() && map.note() != null) {
            add("map", "none: " + map.note());
        }
        if (MapLine.isTold(job, map)) {
            lines.add(label("map").followedBy(MapLine.blocks(map, Math.max(10, look.columns() - LABEL))));
            add("", Style.FAINT, MapLine.KEY);
            MapLine.words(job, map).ifPresent(words -> add("", words));
        }
    }

    private void times(JobStatus job, Instant now) {
        add("submitted", HumanTime.ago(job.submittedAt(), now));
        var deadline = JobFormat.deadline(job, now);
        if (deadline != null) {
            add("deadline", deadline);
        }
        moment("started", job.startedAt(), now);
        moment("last batch", job.lastBatchAt(), now);
        moment("finished", job.finishedAt(), now);
        var elapsed = JobFormat.elapsed(job, now);
        if (elapsed != null) {
            add("elapsed", elapsed);
        }
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
        if (moment != null) {
            add(label, HumanTime.ago(moment, now));
        }
    }

    private void add(String label, String text) {
        add(label, Style.PLAIN, text);
    }

    private void add(String label, Style style, String text) {
        lines.add(label(label).add(style, text));
    }

    private static StyledLine label(String label) {
        return new StyledLine().add(Style.FAINT, label + " ".repeat(LABEL - label.length()));
    }
}
