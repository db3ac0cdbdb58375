package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.process.FleetProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While the broker is away, the log of each process has one warning about it, and one line with a count when it is back. */
@Tag("server")
@Tag("long")
class KafkaOutageLogTest {
    private static final Duration AWAY = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String BEGINS = "Kafka's client reports a problem";
    private static final String ENDS = "Kafka's client reports no problem any more";
    // What the client itself logs begins with whose it is, or is one of its configuration.
    private static final Pattern OF_THE_CLIENT = Pattern.compile("^\\S+ [A-Z]+ +\\w+: \\[\\w+ clientId=");
    private static final Pattern MESSAGES = Pattern.compile("messages=(\\d+)");

    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private Stage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = SHARED.ready();
    }

    @AfterEach
    void calm() throws SQLException {
        stage.calm();
    }

    @Test
    void an_outage_is_one_warning_and_one_line_when_it_is_over_in_each_process() throws Exception {
        var processes = new ArrayList<FleetProcess>();
        processes.addAll(Stage.alive(stage.stack().coordinators()));
        processes.addAll(Stage.alive(stage.stack().workers()));
        var before = new HashMap<FleetProcess, Integer>();
        for (var process : processes) {
            before.put(process, Files.readAllLines(process.log()).size());
        }
        stage.stack().kafka().kill();
        try {
            processes.forEach(process -> awaitLine(process, before, BEGINS));
            LockSupport.parkNanos(AWAY.toNanos());
        } finally {
            stage.stack().kafka().start();
        }
        for (var process : processes) {
            awaitLine(process, before, ENDS);
            var lines = since(process, before);
            assertThat(lines)
                    .as(process.name())
                    .noneMatch(line -> OF_THE_CLIENT.matcher(line).find())
                    .noneMatch(line -> line.startsWith("    "))
                    .filteredOn(line -> line.contains(BEGINS))
                    .hasSizeLessThanOrEqualTo(2); // a second one if an error came after warnings
            assertThat(lines).filteredOn(line -> line.contains(ENDS)).hasSize(1).allSatisfy(line -> {
                var counted = MESSAGES.matcher(line);
                assertThat(counted.find()).isTrue();
                assertThat(Integer.parseInt(counted.group(1))).as(line).isGreaterThan(10);
            });
        }
    }

    private static void awaitLine(FleetProcess process, Map<FleetProcess, Integer> before, String words) {
        await(process.name() + ": " + words).atMost(PATIENCE).until(() -> since(process, before).stream()
                .anyMatch(line -> line.contains(words)));
    }

    private static List<String> since(FleetProcess process, Map<FleetProcess, Integer> before) throws IOException {
        var lines = Files.readAllLines(process.log());
        return lines.subList(before.getOrDefault(process, 0), lines.size());
    }
}
