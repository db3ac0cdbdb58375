package dev.backfleet.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.standalone.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands refuse before they start anything, and the file that they leave. */
class LocalCommandTest {

    @TempDir
    private Path folder;

    @Test
    void a_port_that_is_taken_is_one_clear_message() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());

            assertThat(refused("local", "--postgres-port", port))
                    .isEqualTo("backfleet: port " + port + " cannot be used (Address already in use): give"
                            + " --postgres-port another one, or leave it out for a free one");
            assertThat(refused("local", "--kafka-port", port)).contains("--kafka-port");
        }
    }

    @Test
    void contradicting_options_are_rejected() {
        assertThat(refused("local", "--kafka-port", "70000")).contains("is not a port");
        assertThat(refused("local", "--postgres-port", "25432", "--kafka-port", "25432"))
                .contains("are the same");
        assertThat(refused("local", "--workers", "-1")).contains("--workers -1");
        assertThat(refused("local", "--env-file", folder.resolve("no/where").toString()))
                .contains("cannot be written");
        assertThat(refused("local", "--env-file", folder.toString())).contains("it is a directory");
        assertThat(refused("demo", "--rows", "-1")).contains("--rows -1");
        assertThat(refused("demo", "--tenants", "0")).contains("--tenants 0");
        assertThat(refused("demo", "--workers", "0")).contains("--workers 0");
    }

    @Test
    void the_file_of_an_earlier_run_goes_at_once_and_the_new_one_appears_complete() throws IOException {
        var path = folder.resolve("backfleet.env");
        Files.writeString(path, "BACKFLEET_DATABASE_URL=postgresql://gone/away\n");

        var file = EnvironmentFile.prepare(path);
        assertThat(folder).isEmptyDirectory();

        file.write(Map.of(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS, "127.0.0.1:9092"));
        assertThat(path).hasContent("BACKFLEET_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092");
        assertThat(folder.toFile().list()).containsExactly("backfleet.env");
    }

    private static String refused(String... arguments) {
        var err = new StringWriter();
        var commands = Main.commandLine(arguments);
        commands.picocli().setErr(new PrintWriter(err, true));
        assertThat(commands.execute(arguments)).isEqualTo(2);
        return err.toString().strip();
    }
}
