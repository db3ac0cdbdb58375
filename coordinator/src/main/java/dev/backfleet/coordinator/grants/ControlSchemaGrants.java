package dev.backfleet.coordinator.grants;

import dev.backfleet.coordinator.grants.GrantScript.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What workers may do in the control schema: the statements of {@code worker-grants.sql}, for a role of another name. */
final class ControlSchemaGrants {
    private static final String SCRIPT = "worker-grants.sql";
    private static final String ROLE = "backfleet_worker";

    private ControlSchemaGrants() {}

    /** What is said while there are no tables. */
    static Part later(Roles roles) {
        return new Part(
                "The control schema has no tables yet: run what is above, start a coordinator as the role "
                        + roles.coordinator()
                        + ", which creates them,\nand run 'backfleet grants' again: for what workers may do with them, and for the"
                        + " job's table.",
                List.of());
    }

    static List<Part> parts(Roles roles) {
        var parts = new ArrayList<Part>();
        var why = new ArrayList<String>();
        var statement = new ArrayList<String>();
        for (var line : text().lines().toList()) {
            if (line.startsWith("--")) {
                why.add(line.substring(2).strip());
            } else if (!line.isBlank()) {
                statement.add(line.strip());
            }
            if (!line.startsWith("--") && line.endsWith(";")) {
                var text = String.join(" ", statement);
                parts.add(new Part(
                        String.join("\n", why),
                        List.of(text.substring(0, text.length() - 1)
                                .replace(ROLE, roles.worker().toString()))));
                why.clear();
                statement.clear();
            }
        }
        return parts;
    }

    private static String text() {
        try (var stream = Objects.requireNonNull(ControlSchemaGrants.class.getResourceAsStream(SCRIPT), SCRIPT)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
