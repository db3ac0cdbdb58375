package dev.backfleet.coordinator.duty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in which wave. */
class WaveSharesTest {

    private static List<Integer> ones(int count) {
        return Collections.nCopies(count, 1);
    }

    @Test
    void waves_get_the_share_that_they_ask_for() {
        var shares = WaveShares.of(ones(200), List.of(5, 25, 100));
        assertThat(Collections.frequency(shares, 0)).isEqualTo(10);
        assertThat(Collections.frequency(shares, 1)).isEqualTo(40);
        assertThat(Collections.frequency(shares, 2)).isEqualTo(150);
    }

    @Test
    void a_share_of_next_to_nothing_is_tried_out_on_something() {
        assertThat(WaveShares.of(ones(3), List.of(1, 100))).containsExactly(0, 1, 1);
    }

    @Test
    void a_large_tenant_is_put_where_it_has_room_and_stays_whole() {
        assertThat(WaveShares.of(List.of(61, 1, 1, 37), List.of(2, 50, 100))).containsExactly(2, 0, 0, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void no_wave_gets_more_than_its_share(long seed) {
        var random = new Random(seed);
        var sizes = IntStream.range(0, 300)
                .mapToObj(i -> 1 + random.nextInt(i % 50 == 0 ? 500 : 3))
                .toList();
        var percents = List.of(1 + random.nextInt(10), 11 + random.nextInt(40), 100);
        var total = sizes.stream().mapToInt(Integer::intValue).sum();
        var shares = WaveShares.of(sizes, percents);
        for (var wave = 0; wave < percents.size(); wave++) {
            var last = wave;
            var done = IntStream.range(0, sizes.size())
                    .filter(i -> shares.get(i) <= last)
                    .map(sizes::get)
                    .sum();
            assertThat(done).isLessThanOrEqualTo((int) Math.ceil(total * percents.get(wave) / 100.0));
        }
    }
}
