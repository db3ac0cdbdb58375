package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the launcher answers without a JVM is what the command line would answer. */
class LauncherTest {
    @Test
    void the_version_is_that_of_the_build() throws Exception {
        var process = new ProcessBuilder("sh", Path.of("..", "backfleet").toString(), "--version")
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said).isEqualTo(String.join("\n", new Version().getVersion()) + "\n");
    }
}
