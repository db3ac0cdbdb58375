package dev.backfleet.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.health.Health;
import dev.backfleet.common.management.Management;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.typed.ManagementSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an image without a shell learns of its process. */
class HealthCommandTest {
    private final Management process =
            Management.open(new ManagementSettings(new ListenAddress("127.0.0.1", 0), true), "1.2.3", "4f2c");
    private final ListenAddress address = new ListenAddress("127.0.0.1", process.port());
    private final StringWriter out = new StringWriter();

    @AfterEach
    void close() {
        process.close();
    }

    private int health(Map<String, String> environment, ListenAddress otherwise, String... arguments) {
        var commands = BackfleetCommandLine.create(new HealthCommand(otherwise, environment), environment);
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
        return commands.execute(arguments);
    }

    @Test
    void a_process_that_starts_is_alive_and_not_ready() {
        assertThat(health(Map.of(), address)).isZero();
        assertThat(health(Map.of(), address, "--ready")).isEqualTo(1);
        assertThat(out.toString()).contains("the process is starting");
        process.running(Health.NONE);
        assertThat(health(Map.of(), address, "--ready")).isZero();
    }

    @Test
    void the_address_is_that_of_the_argument_then_of_the_setting_then_of_the_process() {
        var free = new ListenAddress("127.0.0.1", 1);
        assertThat(health(Map.of(), free)).isEqualTo(1);
        assertThat(out.toString()).contains("http://127.0.0.1:1/livez does not answer");
        var everywhere = "0.0.0.0:" + address.port();
        assertThat(health(Map.of("BACKFLEET_MANAGEMENT_LISTEN", everywhere), free))
                .isZero();
        assertThat(health(Map.of("BACKFLEET_MANAGEMENT_LISTEN", free.toString()), free, "http://" + address))
                .isZero();
        assertThat(health(Map.of("BACKFLEET_MANAGEMENT_LISTEN", "nonsense"), free))
                .isEqualTo(2);
    }

    @Test
    void a_process_that_was_told_to_listen_nowhere_does_not_count_as_dead() {
        assertThat(health(Map.of("BACKFLEET_MANAGEMENT_LISTEN", "none"), address))
                .isZero();
        assertThat(out.toString()).contains("it listens nowhere");
    }

    @Test
    void what_is_no_process_of_ours_is_not_healthy() {
        assertThat(health(Map.of(), address, "http://" + address + "/nothing")).isEqualTo(1);
        assertThat(health(Map.of(), address, "file:///etc/passwd")).isEqualTo(1);
        assertThat(out.toString()).contains("is no http URL").doesNotContain("root:");
    }
}
