package dev.backfleet.coordinator.grants;

import java.util.ArrayList;
import java.util.List;

/**
 * The statements that give the roles of a fleet what they need, and no more; names and order are an interface.
 *
 * @param parts in the order in which they are to be run
 */
public record GrantScript(List<Part> parts) {
    public GrantScript {
        parts = List.copyOf(parts);
    }

    /** All statements, in order. */
    public List<String> statements() {
        return parts.stream().flatMap(part -> part.statements().stream()).toList();
    }

    /** The script as psql reads it: what each part is for, as a comment before it. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        for (var part : parts) {
            part.why().lines().forEach(line -> lines.add("-- " + line));
            part.statements().forEach(statement -> lines.add(statement + ";"));
            lines.add("");
        }
        return lines;
    }

    /**
     * Some statements, and what for.
     *
     * @param why what they permit, and to whom
     * @param statements without a semicolon at the end; none: the part only says something
     */
    public record Part(String why, List<String> statements) {
        public Part {
            statements = List.copyOf(statements);
        }

        /** The same without some statements. */
        Part without(List<String> others) {
            return new Part(
                    why,
                    statements.stream()
                            .filter(statement -> !others.contains(statement))
                            .toList());
        }
    }
}
