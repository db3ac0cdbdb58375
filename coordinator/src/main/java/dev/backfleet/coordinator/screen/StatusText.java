package dev.backfleet.coordinator.screen;

import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.Snapshot;
import java.util.ArrayList;
import java.util.List;

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
        for (var fact : JobFacts.of(snapshot)) {
            text.add(fact.label(), fact.text());
            if (fact.label().equals(JobFacts.SHARDS)) {
                text.map(snapshot.job(), snapshot.map());
            }
        }
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
