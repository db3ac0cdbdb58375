package dev.backfleet.coordinator.screen;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Where in its key space a job is: a row of blocks that can be read without colours, its key, and the same in words. */
public final class MapLine {
    /** What the blocks mean. */
    static final String KEY = "█ done  ▒ part of it done  > in flight  ! failed  · waiting";

    private static final int MOST_RANGES = 5;

    private MapLine() {}

    /** Whether there is something to see: several shards, and not all of them done. */
    public static boolean isTold(JobStatus job, ShardMap map) {
        return map.buckets() > 0
                && job.state() != JobState.SUCCEEDED
                && job.shards().total() > 1
                && job.shards().done() < job.shards().total();
    }

    /** The blocks, the first keys first; each stands for several buckets, or several of them for one bucket. */
    static StyledLine blocks(ShardMap map, int width) {
        var line = new StyledLine();
        var run = new StringBuilder();
        var before = Block.WAITING;
        for (var column = 0; column < width; column++) {
            var block = Block.of(part(map, column, width));
            if (block != before) {
                line.add(before.style, run.toString());
                run.setLength(0);
                before = block;
            }
            run.append(block.symbol);
        }
        return line.add(before.style, run.toString());
    }

    private static ShardMap.Part part(ShardMap map, int column, int width) {
        var from = (int) ((long) column * map.buckets() / width);
        var to = (int) ((long) (column + 1) * map.buckets() / width);
        return map.part(from, Math.max(from + 1, to));
    }

    /** What is in flight and what is FAILED: {@code in flight in buckets 12-16 of 1,024, failed in bucket 42}. */
    public static Optional<String> words(JobStatus job, ShardMap map) {
        var words = new ArrayList<String>();
        var moving = ranges(map, bucket -> map.inFlight().get(bucket) > 0);
        if (!moving.isEmpty()) {
            words.add("in flight in " + buckets(moving) + " of " + HumanText.number(map.buckets()));
        }
        var failed = ranges(map, bucket -> map.failed().get(bucket) > 0);
        if (!failed.isEmpty()) {
            words.add("failed in " + buckets(failed) + ": 'backfleet shards " + job.id() + " --bucket "
                    + failed.get(0).from + "'");
        }
        return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
    }

    private static List<Range> ranges(ShardMap map, IntPredicate belongs) {
        var ranges = new ArrayList<Range>();
        for (var bucket = 0; bucket < map.buckets(); bucket++) {
            if (belongs.test(bucket)) {
                var last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
                if (last != null && last.to == bucket) {
                    ranges.set(ranges.size() - 1, new Range(last.from, bucket + 1));
                } else {
                    ranges.add(new Range(bucket + 1, bucket + 1));
                }
            }
        }
        return ranges;
    }

    private static String buckets(List<Range> ranges) {
        var words = ranges.stream().limit(MOST_RANGES).map(Range::words).toList();
        var more = ranges.size() - words.size();
        return (ranges.size() == 1 && ranges.get(0).from == ranges.get(0).to ? "bucket " : "buckets ")
                + String.join(", ", words)
                + (more > 0 ? " and " + more + " other places" : "");
    }

    /** Neighbouring buckets, by number. */
    private record Range(int from, int to) {
        String words() {
            return from == to ? String.valueOf(from) : from + "-" + to;
        }
    }

    /** What a block shows of its shards: the first of these that applies. */
    private enum Block {
        FAILED("!", Style.BAD),
        IN_FLIGHT(">", Style.BUSY),
        DONE("█", Style.GOOD),
        PARTLY("▒", Style.GOOD),
        WAITING("·", Style.FAINT);

        private final String symbol;
        private final Style style;

        Block(String symbol, Style style) {
            this.symbol = symbol;
            this.style = style;
        }

        static Block of(ShardMap.Part part) {
            if (part.failed() > 0) {
                return FAILED;
            }
            if (part.inFlight() > 0) {
                return IN_FLIGHT;
            }
            if (part.done() >= part.total()) {
                return DONE;
            }
            return part.done() > 0 ? PARTLY : WAITING;
        }
    }
}
