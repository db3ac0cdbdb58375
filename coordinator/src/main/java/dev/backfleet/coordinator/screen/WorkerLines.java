package dev.backfleet.coordinator.screen;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The workers on the screen of a job, with the shards of the job that each one works on. */
final class WorkerLines {
    private static final int INDENT = 6;
    private static final int MOST_LINES = 3;

    private WorkerLines() {}

    /** A summary and one line for each worker, as far as there is room. */
    static List<String> of(Snapshot snapshot, TerminalCapabilities look, int room) {
        var lines = lines(snapshot, room);
        var whole = lines.stream()
                .flatMap(line -> line.render(look, INDENT, MOST_LINES).stream())
                .toList();
        return whole.size() <= room
                ? whole
                : lines.stream().map(line -> line.render(look)).toList();
    }

    private static List<StyledLine> lines(Snapshot snapshot, int room) {
        var workers = snapshot.workers();
        var lines = new ArrayList<StyledLine>();
        lines.add(ProgressScreen.fact("workers", summary(snapshot)));
        if (room < 2) {
            return lines;
        }
        var shown = workers.size() <= room - 1 ? workers.size() : room - 2;
        var widest = workers.stream()
                .mapToInt(worker -> PlainText.width(worker.id()))
                .max()
                .orElse(0);
        workers.stream().limit(shown).forEach(worker -> lines.add(line(worker, snapshot, widest)));
        if (shown < workers.size()) {
            lines.add(StyledLine.of(Style.FAINT, "  and " + (workers.size() - shown) + " more"));
        }
        return lines;
    }

    private static String summary(Snapshot snapshot) {
        var alive = snapshot.workers().stream().filter(WorkerStatus::alive).toList();
        var slots = alive.stream().mapToInt(WorkerStatus::slots).sum();
        var here = snapshot.job().workers();
        return here + (here == 1 ? " works" : " work") + " on this job; " + HumanText.number(alive.size())
                + " alive with " + HumanText.number(slots) + (slots == 1 ? " slot" : " slots");
    }

    private static StyledLine line(WorkerStatus worker, Snapshot snapshot, int widest) {
        var id = worker.id() + " ".repeat(widest - PlainText.width(worker.id()));
        var style = worker.alive() ? Style.PLAIN : Style.BAD;
        return new StyledLine()
                .add(style, "  " + id + "  ")
                .add(Style.FAINT, worker.busy() + "/" + worker.slots() + "  ")
                .add(style, work(worker, snapshot.job().id(), snapshot.fleet().at()));
    }

    private static String work(WorkerStatus worker, long job, Instant now) {
        var words = new ArrayList<String>();
        if (!worker.alive()) {
            words.add("no heartbeat for " + HumanTime.age(worker.seenAt(), now));
        } else if (!worker.taking()) {
            words.add(WorkerState.notAccepting(worker));
        }
        var here = worker.shards().stream().filter(held -> held.job() == job).toList();
        if (!here.isEmpty()) {
            words.add((here.size() == 1 ? "shard " : "shards ")
                    + here.stream().map(held -> String.valueOf(held.shard())).collect(Collectors.joining(" ")));
        }
        var elsewhere = worker.shards().size() - here.size();
        if (elsewhere > 0) {
            words.add(elsewhere + " of other jobs");
        }
        return words.isEmpty() ? "idle" : String.join(", ", words);
    }
}
