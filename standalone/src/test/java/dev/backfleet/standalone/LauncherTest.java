package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher answers without a JVM is what the command line would answer; and what it says before it builds. */
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

    @Test
    void a_build_under_a_running_fleet_of_the_same_clone_is_warned_of(@TempDir Path clone) throws Exception {
        Files.copy(Path.of("..", "backfleet"), clone.resolve("backfleet"));
        Files.createDirectory(clone.resolve("bin"));
        // A build that fails, and a process that looks like a worker of this clone.
        var home = clone.toRealPath();
        script(clone.resolve("bin/mvn"), "exit 1");
        var worker = script(clone.resolve("java"), "read -r line");
        var fleet = new ProcessBuilder(
                        "sh",
                        worker.toString(),
                        "-Dbackfleet.launcher=" + home.resolve("backfleet"),
                        "dev.backfleet.standalone.Main",
                        "worker")
                .start();
        try {
            assertThat(built(clone)).contains("WARNING").contains("(" + fleet.pid() + ")");
        } finally {
            fleet.destroy();
            fleet.waitFor();
        }
        assertThat(built(clone)).contains("building").doesNotContain("WARNING");
    }

    private static Path script(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private static String built(Path clone) throws Exception {
        var launcher =
                new ProcessBuilder("sh", clone.resolve("backfleet").toString(), "status").redirectErrorStream(true);
        launcher.environment().compute("PATH", (name, path) -> clone.resolve("bin") + ":" + path);
        var process = launcher.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        return said;
    }
}
