package dev.backfleet.benchmark.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The table of the commands' times, and whether they are within their bars. */
class CommandReportTest {
    private static CommandReport report(long pauseMs) {
        var timings = new Timings();
        for (var round = 0; round < 3; round++) {
            timings.add(MeasuredCommand.JAVA, Duration.ofMillis(60 + round));
            timings.add(MeasuredCommand.VERSION, Duration.ofMillis(10 + round));
            timings.add(MeasuredCommand.STATUS, Duration.ofMillis(350 - round));
            timings.add(MeasuredCommand.PAUSE, Duration.ofMillis(pauseMs + round * 100L));
        }
        return CommandReport.of(timings);
    }

    @Test
    void each_command_is_a_line_with_its_median_and_its_bar() {
        assertThat(report(400).render()).isEqualTo("""
                COMMAND               MEDIAN     MIN     MAX     BAR
                java -version          61 ms   60 ms   62 ms
                backfleet --version    11 ms   10 ms   12 ms  150 ms  met
                backfleet status JOB  349 ms  348 ms  350 ms  350 ms  met
                backfleet pause JOB   500 ms  400 ms  600 ms  500 ms  met
                """);
        assertThat(report(400).met()).isTrue();
    }

    @Test
    void a_median_above_its_bar_is_missed() {
        assertThat(report(401).met()).isFalse();
        assertThat(report(401).render()).contains("MISSED");
    }
}
