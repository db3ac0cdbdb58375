package dev.backfleet.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sends signals to a process of its own. */
@Tag("server")
class StopSignalTest {

    /** A service that says when it is ready, waits for a signal, and ends with what it means. */
    static final class Service {
        public static void main(String[] arguments) throws InterruptedException, IOException {
            var stop = StopSignal.install();
            System.out.write("ready\n".getBytes(StandardCharsets.UTF_8));
            System.out.flush();
            var meaning = stop.await();
            System.out.write("stopping\n".getBytes(StandardCharsets.UTF_8));
            System.out.flush();
            System.exit(meaning.code());
        }
    }

    @Test
    void a_service_that_is_terminated_ends_its_work_and_exits_with_0() throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java, "-Xmx32m", "-cp", System.getProperty("java.class.path"), Service.class.getName())
                .redirectErrorStream(true)
                .start();
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");

            // Not Process.destroy, which closes the streams as well.
            process.toHandle().destroy();

            assertThat(output.readLine()).isEqualTo("stopping");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
