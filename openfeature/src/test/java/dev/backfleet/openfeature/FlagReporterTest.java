package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** When an instance says which versions it evaluates. */
class FlagReporterTest {
    private final FakeFlags flags = new FakeFlags();
    private final FlagReporter reporter = new FlagReporter(flags, flags::now);

    @Test
    void a_new_version_is_reported_at_once_and_the_same_one_every_ten_seconds() throws FlagSourceException {
        flags.set("a", 5);
        reporter.run(flags.flags);
        reporter.run(flags.flags);
        assertThat(flags.reported).containsExactly(Map.of("a", 1L));
        flags.set("a", 25);
        reporter.run(flags.flags);
        assertThat(flags.reported).containsExactly(Map.of("a", 1L), Map.of("a", 2L));
        flags.nanos = FlagReporter.AGAIN.toNanos() - 1;
        reporter.run(flags.flags);
        assertThat(flags.reported).hasSize(2);
        flags.nanos = FlagReporter.AGAIN.toNanos();
        reporter.run(flags.flags);
        assertThat(flags.reported).hasSize(3);
    }

    @Test
    void a_report_that_is_denied_is_not_tried_with_each_reading() throws FlagSourceException {
        flags.set("a", 5);
        flags.reportsDenied = true;
        assertThatThrownBy(() -> reporter.run(flags.flags)).isInstanceOf(FlagSourceException.class);
        reporter.run(flags.flags);
        assertThat(flags.reported).hasSize(1);
    }
}
