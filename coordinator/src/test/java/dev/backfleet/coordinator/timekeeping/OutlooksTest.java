package dev.backfleet.coordinator.timekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the samples of a job promise. */
class OutlooksTest {
    private static final Instant BEGIN = Instant.parse("2026-11-21T22:00:00Z");
    private static final Spent WORKING = Spent.on(TimeCause.WORKING);
    private static final Spent LOCKS = Spent.on(TimeCause.LOCKS);

    private final List<Outlooks.Point> points = new ArrayList<>();

    /** One more sample after ten seconds. */
    private void after(long rows, double worked, double held, @Nullable Double limit, Spent spent) {
        var before =
                points.isEmpty() ? new Outlooks.Point(BEGIN, 0, 0, 0, limit, spent) : points.get(points.size() - 1);
        points.add(new Outlooks.Point(
                before.at().plusSeconds(10),
                before.walked() + rows,
                before.worked() + worked,
                before.held() + held,
                limit,
                spent));
    }

    @Test
    void the_end_is_within_the_interval_of_half_way_in_eighty_of_a_hundred_jobs_of_each_kind() {
        var within = new EnumMap<SpeedTrace.Kind, Integer>(SpeedTrace.Kind.class);
        var width = new ArrayList<Double>();
        IntStream.range(0, 2_000).mapToObj(SpeedTrace::new).forEach(trace -> {
            var promised = trace.promised(false);
            if (promised != null) {
                width.add(promised.high() / promised.low());
            }
            within.merge(trace.kind(), isWithin(trace, promised) ? 1 : 0, Integer::sum);
        });
        assertThat(within).hasSize(4).allSatisfy((kind, count) -> assertThat(count)
                .isGreaterThanOrEqualTo(400));
        // It says something, too: a day for what takes an hour would always be right.
        width.sort(Double::compare);
        assertThat(width.get(width.size() / 2)).isLessThan(2);
        assertThat(width.get(width.size() * 9 / 10)).isLessThan(4);
    }

    @Test
    void without_the_time_in_which_it_was_held_back_it_would_not_be() {
        var held = IntStream.range(0, 2_000)
                .mapToObj(SpeedTrace::new)
                .filter(trace -> trace.kind() == SpeedTrace.Kind.HELD_BACK)
                .toList();
        var within = held.stream()
                .filter(trace -> isWithin(trace, trace.promised(true)))
                .count();
        assertThat(within).isLessThan(held.size() * 6L / 10);
    }

    private static boolean isWithin(SpeedTrace trace, Outlook.@Nullable Remaining promised) {
        return promised != null && promised.low() <= trace.actual() && trace.actual() <= promised.high();
    }

    @Test
    void three_measurements_are_needed() {
        after(0, 0, 0, null, WORKING);
        after(1_000, 10, 0, null, WORKING);
        after(1_000, 10, 0, null, WORKING);
        assertThat(Outlooks.of(points).speeds()).isNull();
        after(1_000, 1, 9, null, WORKING);
        assertThat(Outlooks.of(points).speeds()).as("a second of work").isNull();
        after(1_000, 10, 0, null, WORKING);
        assertThat(Outlooks.of(points).speeds()).isEqualTo(new Outlook.Speeds(100, 100, 100, 3));
        assertThat(Outlooks.of(List.of())).isEqualTo(new Outlook(null, new Outlook.Share(1, 0, 6, 0), null));
    }

    @Test
    void a_limit_that_changed_forgets_what_was_before_unless_it_is_about_the_same() {
        IntStream.range(0, 5).forEach(i -> after(1_000, 10, 0, 100.0, WORKING));
        assertThat(Outlooks.of(points).speeds()).isEqualTo(new Outlook.Speeds(100, 100, 100, 4));
        after(5_000, 10, 0, 500.0, WORKING);
        assertThat(Outlooks.of(points).speeds()).isNull();
        // As a limit of WAL does.
        List.of(510.0, 495.0, 520.0).forEach(limit -> after(5_000, 10, 0, limit, WORKING));
        assertThat(Outlooks.of(points).speeds()).isEqualTo(new Outlook.Speeds(500, 500, 500, 3));
        after(5_000, 10, 0, null, WORKING);
        assertThat(Outlooks.of(points).speeds()).isNull();
    }

    @Test
    void a_minute_without_work_is_held_back_entirely_by_what_most_of_its_time_went_to() {
        IntStream.range(0, 10).forEach(i -> after(1_000, 10, 0, null, WORKING));
        // Single batches get through.
        IntStream.range(0, 5).forEach(i -> after(20, 0, 10, null, LOCKS));
        assertThat(Outlooks.of(points).heldBy()).isNull();
        IntStream.range(0, 2).forEach(i -> after(20, 0, 10, null, LOCKS));
        assertThat(Outlooks.of(points).heldBy()).isEqualTo(LOCKS);
        after(1_000, 10, 0, null, WORKING);
        assertThat(Outlooks.of(points).heldBy()).isNull();
    }

    @Test
    void a_pause_neither_holds_back_nor_lasts() {
        IntStream.range(0, 10).forEach(i -> after(1_000, 10, 0, null, WORKING));
        IntStream.range(0, 20).forEach(i -> after(0, 0, 0, null, Spent.on(TimeCause.PAUSED)));
        assertThat(Outlooks.of(points).heldBy()).isNull();
        assertThat(Outlooks.of(points).work().mean()).isEqualTo(1);
        assertThat(Outlooks.of(points).remaining(1_000))
                .isNotNull()
                .extracting(Outlook.Remaining::usual)
                .isEqualTo(10.0);
    }
}
