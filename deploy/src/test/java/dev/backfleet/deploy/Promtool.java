package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Prometheus' own checks; a test that needs them is skipped where they are not installed. */
final class Promtool {
    private Promtool() {}

    /** Runs it in a folder, and returns what it says; the test fails if it finds a mistake. */
    static String run(Path folder, String... arguments) throws IOException, InterruptedException {
        var program = find();
        assumeTrue(program.isPresent(), "skipped: promtool is not installed (Debian: apt-get install prometheus)");
        var command = new ArrayList<>(List.of(program.get().toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static Optional<Path> find() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
