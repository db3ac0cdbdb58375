package dev.backfleet.coordinator.screen;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A job's progress as lines of a screen: a function of the status and the screen's size. */
public final class ProgressScreen {
    private static final int LABEL = 9;
    private static final int WIDEST_BAR = 60;
    private static final int NARROWEST_BAR = 10;
    /** The width of the text beside the bar: the percentage and the remaining time. */
    private static final int BESIDE_BAR = 26;
    /** Lines that are left to the caller: a hint, a message, and the line of the cursor. */
    private static final int RESERVED = 5;

    /** From so many lines on there is room for what the map's blocks mean. */
    private static final int ROWS_FOR_KEY = 24;

    private static final int MOST_TROUBLE = 3;
    /** How many lines a fact may have, and a notice at least and at most. */
    private static final int MOST_LINES = 3;

    private static final int MOST_NOTICE = 8;
    private static final int HEADLINE_INDENT = 2;

    private ProgressScreen() {}

    /** The screen's lines, none wider than the screen, and with {@link #RESERVED} lines left. */
    public static List<String> lines(Snapshot snapshot, TerminalCapabilities look) {
        var below = new ArrayList<String>();
        below.add(bar(snapshot.job(), look).render(look));
        below.addAll(map(snapshot, look));
        facts(snapshot).forEach(fact -> below.addAll(fact.render(look, LABEL, MOST_LINES)));
        var lines = new ArrayList<>(headline(snapshot.job()).render(look, HEADLINE_INDENT, 2));
        for (var notice : JobProblems.of(snapshot)) {
            var room = look.rows() - RESERVED - lines.size() - below.size();
            var most = Math.max(MOST_LINES, Math.min(MOST_NOTICE, room));
            PlainText.wrap(notice.text(), look.columns(), most)
                    .forEach(line -> lines.add(
                            StyledLine.of(Style.of(notice.severity()), line).render(look)));
        }
        lines.addAll(below);
        if (!snapshot.job().atRest()) {
            lines.addAll(WorkerLines.of(snapshot, look, look.rows() - RESERVED - lines.size()));
        }
        return lines;
    }

    private static List<String> map(Snapshot snapshot, TerminalCapabilities look) {
        if (!MapLine.isTold(snapshot.job(), snapshot.map())) {
            return List.of();
        }
        var row = MapLine.blocks(snapshot.map(), look.columns()).render(look);
        return look.rows() < ROWS_FOR_KEY ? List.of(row) : List.of(row, hint(MapLine.KEY, look));
    }

    private static List<StyledLine> facts(Snapshot snapshot) {
        var facts = new ArrayList<StyledLine>();
        facts.add(fact("rows", JobFormat.rows(snapshot.job())));
        facts.add(fact("rate", JobFormat.rate(snapshot.job())));
        JobFormat.time(snapshot.job()).ifPresent(time -> facts.add(fact("time", time)));
        ThrottleText.cost(snapshot.job().throttle()).ifPresent(cost -> facts.add(fact("throttle", cost)));
        facts.add(fact("shards", JobFormat.shards(snapshot.job())));
        var wave = snapshot.job().wave();
        if (wave != null) {
            facts.add(fact("wave", JobFormat.wave(wave, snapshot.fleet().at())));
        }
        var deadline = JobFormat.deadline(snapshot.job(), snapshot.fleet().at());
        if (deadline != null) {
            facts.add(fact("deadline", deadline));
        }
        var elapsed = JobFormat.elapsed(snapshot.job(), snapshot.fleet().at());
        facts.add(fact("elapsed", elapsed == null ? "not started" : elapsed));
        return facts;
    }

    /** A hint below the screen, such as what a key does. */
    public static String hint(String text, TerminalCapabilities look) {
        return StyledLine.of(Style.FAINT, text).render(look);
    }

    /** An error message below the screen, on at most three lines. */
    public static List<String> trouble(String text, TerminalCapabilities look) {
        return PlainText.wrap(text, look.columns(), MOST_TROUBLE).stream()
                .map(line -> StyledLine.of(Style.BAD, line).render(look))
                .collect(Collectors.toList());
    }

    static StyledLine fact(String label, String text) {
        return new StyledLine()
                .add(Style.FAINT, label + " ".repeat(LABEL - label.length()))
                .add(text);
    }

    private static StyledLine headline(JobStatus job) {
        return new StyledLine()
                .add(Style.STRONG, job.name())
                .add("  ")
                .add(Style.of(job), job.state().name())
                .add(Style.FAINT, "  job " + job.id() + " on " + job.table());
    }

    private static StyledLine bar(JobStatus job, TerminalCapabilities look) {
        var width = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, look.columns() - BESIDE_BAR));
        var full = (int) (width * job.percent() / 100);
        return new StyledLine()
                .add(Style.of(job), "█".repeat(full))
                .add(Style.FAINT, "░".repeat(width - full))
                .add("  ")
                .add(Style.STRONG, String.format(Locale.ROOT, "%7s", JobFormat.percent(job)))
                .add(eta(job));
    }

    private static String eta(JobStatus job) {
        if (job.state() != JobState.RUNNING) {
            return "";
        }
        var eta = JobFormat.eta(job);
        return eta == null ? "  ETA unknown" : "  ETA " + eta;
    }
}
