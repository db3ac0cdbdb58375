package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.telemetry.EventAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of actions in the page of log fields promises no line that is never logged. */
class EventActionsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("\\bEventAction\\.(\\w+)");

    @Test
    void each_action_is_logged_somewhere() throws IOException {
        var logged = new HashSet<String>();
        for (var module : List.of("common", "coordinator", "worker")) {
            try (var files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (var file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    NAMED.matcher(Files.readString(file)).results().forEach(found -> logged.add(found.group(1)));
                }
            }
        }
        assertThat(EventAction.values()).extracting(EventAction::name).allMatch(logged::contains);
    }
}
