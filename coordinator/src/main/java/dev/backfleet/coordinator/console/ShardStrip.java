package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.screen.JobFormat;
import dev.backfleet.coordinator.screen.MapLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where in its key space a job is, as a picture: a column for each bucket of shards, the first keys at the left. What is done fills a
 * column from below, what is in flight is a band in the middle, what is FAILED a band at the top: the place tells it without colours.
 *
 * @param columns how many columns it has, at most 1,024
 * @param bars what is drawn; neighbouring columns that look the same are one
 * @param words the same in words
 */
public record ShardStrip(int columns, List<Bar> bars, String words) {
    /** The height of the picture. */
    public static final int HEIGHT = 40;

    private static final int BAND = 10;
    private static final int MIDDLE = 15;

    /**
     * A rectangle.
     *
     * @param kind the class of the style sheet
     */
    public record Bar(String kind, int x, int y, int width, int height) {}

    /** The words, with commands told from them. */
    public List<Prose.Part> parts() {
        return Prose.parts(words);
    }

    static Optional<ShardStrip> of(JobStatus job, ShardMap map) {
        return MapLine.isTold(job, map)
                ? Optional.of(new ShardStrip(map.buckets(), bars(map), words(job, map)))
                : Optional.empty();
    }

    private static String words(JobStatus job, ShardMap map) {
        return "Shards: " + JobFormat.shards(job)
                + MapLine.words(job, map).map(where -> "; " + where).orElse("")
                + (map.width() > 1 ? "; each column is " + HumanText.number(map.width()) + " shards" : "") + ".";
    }

    private static List<Bar> bars(ShardMap map) {
        var bars = new ArrayList<Bar>();
        for (var from = 0; from < map.buckets(); ) {
            var to = from + 1;
            while (to < map.buckets() && looks(map, to).equals(looks(map, from))) {
                to++;
            }
            draw(bars, looks(map, from), from, to - from);
            from = to;
        }
        return List.copyOf(bars);
    }

    private static void draw(List<Bar> bars, Look look, int x, int width) {
        if (look.done > 0) {
            bars.add(new Bar("done", x, HEIGHT - look.done, width, look.done));
        }
        if (look.inFlight) {
            bars.add(new Bar("flight", x, MIDDLE, width, BAND));
        }
        if (look.failed) {
            bars.add(new Bar("failed", x, 0, width, BAND));
        }
    }

    private static Look looks(ShardMap map, int column) {
        var part = map.part(column, column + 1);
        var done = part.total() == 0 ? 0 : (int) Math.ceil((double) HEIGHT * part.done() / part.total());
        var whole = part.done() >= part.total();
        return new Look(whole ? done : Math.min(HEIGHT - 1, done), part.inFlight() > 0, part.failed() > 0);
    }

    private record Look(int done, boolean inFlight, boolean failed) {}
}
