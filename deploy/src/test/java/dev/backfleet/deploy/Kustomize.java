package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code kubectl kustomize}, or {@code kustomize build}, whichever is installed. */
final class Kustomize {

    private Kustomize() {}

    /** What a folder renders to. The test is skipped where neither program is installed, or is too old for components. */
    static String render(Path folder) throws IOException, InterruptedException {
        var command = program();
        assumeTrue(command.isPresent(), "skipped: neither kubectl nor kustomize is installed");
        if (!run(command.get(), "--help").output().contains("enable-helm")) {
            assumeTrue(false, "skipped: kubectl before 1.21 does not know components");
        }
        var rendered = run(command.get(), folder.toString());
        assertThat(rendered.status()).as(rendered.output()).isZero();
        return rendered.output();
    }

    private record Answer(int status, String output) {}

    private static Answer run(List<String> command, String argument) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Stream.concat(command.stream(), Stream.of(argument)).toList())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }

    private static Optional<List<String>> program() {
        return Stream.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize"))
                .filter(command -> Stream.of(Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command.get(0)))))
                .findFirst();
    }
}
