package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.worker.execute.FleetModel.Commit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rate is the fleet's, in every sliding second and on average, even when slots start, stop, crash and idle. */
class FleetRateTest {
    private static final double END = 60;

    private static long mostInASecond(List<Commit> commits) {
        long most = 0;
        long rows = 0;
        var first = 0;
        for (var commit : commits) {
            rows += commit.rows();
            while (commits.get(first).at() <= commit.at() - 1) {
                rows -= commits.get(first++).rows();
            }
            most = Math.max(most, rows);
        }
        return most;
    }

    private static double perSecond(List<Commit> commits, double from, double to) {
        return commits.stream()
                        .filter(commit -> commit.at() >= from && commit.at() < to)
                        .mapToLong(Commit::rows)
                        .sum()
                / (to - from);
    }

    private static void assertKept(List<Commit> commits, double limit) {
        var batch = Math.max(1, limit / 10);
        assertThat(commits).allMatch(commit -> commit.rows() <= batch, "at most a tenth of the limit");
        assertThat(mostInASecond(commits)).as("most in a sliding second").isLessThanOrEqualTo((long) (limit + batch));
        assertThat(perSecond(commits, 2, END)).as("rows per second").isGreaterThanOrEqualTo(limit * 0.9);
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "10, 8", "100, 3", "1000, 1", "1000, 12", "1000, 64", "20000, 12", "50000, 40"})
    void a_steady_fleet_keeps_the_rate(double limit, int slots) {
        var fleet = new FleetModel(new Random(1), limit, 100_000);
        for (var i = 0; i < slots; i++) {
            fleet.join();
        }
        assertKept(fleet.runUntil(END), limit);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void slots_that_come_leave_and_die_leave_the_rate_as_it_is(long seed) {
        var random = new Random(seed);
        var limit = List.of(100.0, 2_000.0, 20_000.0).get(random.nextInt(3));
        var fleet = new FleetModel(random, limit, 100_000);
        for (var i = 0; i < 6; i++) {
            fleet.at(0, fleet::join);
        }
        for (var at = 1.0; at < END; at += random.nextDouble() * 2) {
            var many = 1 + random.nextInt(4);
            for (var i = 0; i < many; i++) {
                fleet.at(at, fleet::join);
            }
            for (var i = 0; i < many; i++) {
                fleet.at(at + random.nextDouble() * 4, random.nextBoolean() ? fleet::kill : fleet::leave);
            }
        }
        assertKept(fleet.runUntil(END), limit);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 3})
    void after_a_standstill_batches_do_not_come_all_at_once(double seconds) {
        var limit = 2_000.0;
        var fleet = new FleetModel(new Random(6), limit, 100_000);
        for (var i = 0; i < 12; i++) {
            fleet.join();
        }
        for (var at = 5.0; at < END; at += 5) {
            var from = at;
            fleet.at(at - 1, () -> fleet.stall(from, from + seconds));
        }
        assertThat(mostInASecond(fleet.runUntil(END))).isLessThanOrEqualTo(2_200);
    }

    @Test
    void fewer_shards_than_slots_use_the_whole_rate() {
        var limit = 500.0;
        var fleet = new FleetModel(new Random(3), limit, 2);
        for (var i = 0; i < 16; i++) {
            fleet.join();
        }
        var commits = fleet.runUntil(10);
        var end = commits.get(commits.size() - 1).at();
        assertThat(mostInASecond(commits)).isLessThanOrEqualTo(550);
        assertThat(perSecond(commits, 0, Math.min(end, 10))).isGreaterThanOrEqualTo(450);
    }

    @Test
    void one_slot_after_another_carries_what_it_owes_over_the_ends_of_shards() {
        // A rest that died with its run would let the next one begin at once.
        var limit = 200.0;
        var fleet = new FleetModel(new Random(4), limit, 100_000);
        fleet.join();
        for (var at = 1.5; at < END; at += 1.5) {
            fleet.at(at, fleet::leave);
            fleet.at(at + 0.001, fleet::join);
        }
        var commits = fleet.runUntil(END);
        assertThat(mostInASecond(commits)).isLessThanOrEqualTo(220);
        assertThat(perSecond(commits, 2, END)).isGreaterThanOrEqualTo(180);
    }
}
