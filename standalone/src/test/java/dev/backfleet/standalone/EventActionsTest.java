package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.telemetry.EventAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of actions in the page of log fields promises no line that is never logged. */
class EventActionsTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void each_action_is_logged_somewhere() throws IOException {
        var code = new StringBuilder();
        for (var module : List.of("common", "coordinator", "worker")) {
            try (var files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (var file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    code.append(Files.readString(file));
                }
            }
        }
        assertThat(Arrays.stream(EventAction.values()).filter(action -> !code.toString()
                        .matches("(?s).*\\bEventAction\\." + action.name() + "\\b.*")))
                .isEmpty();
    }
}
