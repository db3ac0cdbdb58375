package dev.backfleet.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fleet of processes on real servers behind proxies, an application that writes where the fleet is, and faults by a
 * seed. How long: {@code -Dbackfleet.chaos.seconds}; which seed: {@code -Dbackfleet.chaos.seed}.
 */
@Tag("server")
class ChaosTest {
    private static final Logger LOG = LoggerFactory.getLogger(ChaosTest.class);
    private static final int ROWS = 60_000;
    private static final int RATE = 4_000;

    @Test
    void every_guarantee_holds_under_random_faults() throws Exception {
        var length = Duration.ofSeconds(Long.getLong("backfleet.chaos.seconds", 60));
        var seed = Long.getLong("backfleet.chaos.seed", System.currentTimeMillis() % 1_000_000);
        try (var run = new ChaosRun(seed, length, ROWS, RATE)) {
            var report = String.join("\n", run.run());
            LOG.atInfo().log(report);
            Files.writeString(Path.of("target", "chaos.txt"), report + "\n");
            assertThat(run.failures()).as(report).isEmpty();
        }
    }
}
