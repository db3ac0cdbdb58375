package dev.backfleet.coordinator.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.ShardMap;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The map of a job as a row of blocks, and in words. */
class MapLineTest {
    private static final TerminalCapabilities PLAIN = new TerminalCapabilities(31, 24, false);

    // One letter for each shard, so many in a bucket.
    private static ShardMap map(int width, String shards) {
        var buckets = IntStream.iterate(0, i -> i < shards.length(), i -> i + width)
                .mapToObj(i -> shards.substring(i, Math.min(shards.length(), i + width)))
                .toList();
        return new ShardMap(
                width,
                buckets.stream().map(String::length).toList(),
                count(buckets, 'd'),
                count(buckets, 'r'),
                count(buckets, 'f'),
                null);
    }

    private static List<Integer> count(List<String> buckets, char state) {
        return buckets.stream()
                .map(bucket -> (int) bucket.chars().filter(c -> c == state).count())
                .toList();
    }

    private static String blocks(ShardMap map, int width) {
        return MapLine.blocks(map, width).render(new TerminalCapabilities(width, 24, false));
    }

    @Test
    void each_block_shows_the_gravest_of_its_shards() {
        assertThat(blocks(map(2, "dddpppdrpfrp"), 6)).isEqualTo("█▒·>!>");
    }

    @Test
    void it_is_as_wide_as_the_screen_whatever_the_number_of_buckets() {
        assertThat(blocks(map(1, "drp"), 10)).isEqualTo("████>>>···");
        assertThat(blocks(map(1, "p".repeat(1_023) + "f"), 20)).isEqualTo("·".repeat(19) + "!");
        assertThat(blocks(map(1, "d".repeat(999) + "p"), 7)).isEqualTo("██████▒");
        for (var width = 1; width < 200; width++) {
            var one = map(1, "p".repeat(width / 2) + "f" + "p".repeat(width));
            assertThat(blocks(one, width)).hasSize(width).contains("!");
        }
    }

    @Test
    void colours_repeat_what_the_signs_say() {
        assertThat(MapLine.blocks(map(1, "dprf"), 4).render(new TerminalCapabilities(4, 24, true)))
                .isEqualTo("\u001b[32m█\u001b[0m\u001b[2m·\u001b[0m\u001b[36m>\u001b[0m\u001b[1;31m!\u001b[0m");
    }

    @Test
    void in_words_it_is_said_which_buckets_are_in_flight_and_which_have_failed() {
        var job = new Screens().snapshot().job();
        assertThat(MapLine.words(job, map(2, "ddrprrpppf")))
                .contains("in flight in buckets 2-3 of 5, failed in bucket 5: 'backfleet shards 7 --bucket 5'");
        assertThat(MapLine.words(job, map(1, "rp".repeat(8))))
                .contains("in flight in buckets 1, 3, 5, 7, 9 and 3 other places of 16");
        assertThat(MapLine.words(job, map(1, "dp"))).isEmpty();
    }

    @Test
    void a_status_has_it_with_its_key_unless_there_is_nothing_to_see() {
        var shown = map(2, "dddpppdrpfrp");
        assertThat(StatusText.lines(new Screens().map(shown).snapshot(), PLAIN))
                .containsSequence(
                        "map        ████▒▒▒···>>>>!!!>>>",
                        "           █ done  ▒ part of it done  > in flight  ! failed  · waiting",
                        "           in flight in buckets 4, 6 of 6, failed in bucket 5: 'backfleet shards 7 --bucket 5'");
        assertThat(StatusText.lines(
                        new Screens().state(JobState.SUCCEEDED).map(shown).snapshot(), PLAIN))
                .noneMatch(line -> line.startsWith("map"));
        assertThat(StatusText.lines(
                        new Screens()
                                .map(ShardMap.none("the leading coordinator counts the shards: 40 %"))
                                .snapshot(),
                        PLAIN))
                .contains("map        none: the leading coordinator counts the shards: 40 %");
    }

    @Test
    void a_screen_has_it_below_the_bar_and_its_key_only_if_there_is_room() {
        var snapshot = new Screens().workers(1).map(map(2, "dddpppdrpfrp")).snapshot();
        var low = ProgressScreen.lines(snapshot, new TerminalCapabilities(60, 20, false));
        assertThat(low.get(2)).isEqualTo("██████████▒▒▒▒▒▒▒▒▒▒··········>>>>>>>>>>!!!!!!!!!!>>>>>>>>>>");
        assertThat(low).doesNotContain(MapLine.KEY);
        var high = ProgressScreen.lines(snapshot, new TerminalCapabilities(60, 24, false));
        assertThat(high.get(3)).isEqualTo("█ done  ▒ part of it done  > in flight  ! failed  · waiting");
        assertThat(Collections.max(high.stream().map(String::length).toList())).isLessThanOrEqualTo(60);
    }
}
