package dev.backfleet.common.spec.key;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecProblem;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.BadTextException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** The line of each key in the spec's file, so that a problem that is found later can name it. */
public final class SpecLocations {
    private final String file;
    private final Map<String, Integer> lines;

    private SpecLocations(String file, Map<String, Integer> lines) {
        this.file = file;
        this.lines = Map.copyOf(lines);
    }

    public static SpecLocations of(String file, SpecNode.Mapping root) {
        var lines = new HashMap<String, Integer>();
        collect("", root, lines);
        return new SpecLocations(file, lines);
    }

    /** The path of the key that sets a column. */
    public static String setColumn(Identifier column) {
        return SpecKeys.SET.path() + "." + column;
    }

    /** The line of a key, or of its group; empty if the file has neither. */
    public OptionalInt lineOf(String path) {
        var line = lines.get(path);
        if (line != null) {
            return OptionalInt.of(line);
        }
        int dot = path.indexOf('.');
        return dot < 0 ? OptionalInt.empty() : lineOf(path.substring(0, dot));
    }

    /** A problem with a key, ready to throw. */
    public SpecException problem(String path, String what, String remedy) {
        return new SpecException(new SpecProblem(file, lineOf(path), path, what, remedy));
    }

    /** A problem with a key at a given line. */
    public SpecException problemInLine(int line, String path, String what, String remedy) {
        return new SpecException(new SpecProblem(file, OptionalInt.of(line), path, what, remedy));
    }

    private static void collect(String path, SpecNode.Mapping mapping, Map<String, Integer> lines) {
        mapping.entries().forEach((key, node) -> {
            var inner = path.isEmpty() ? key : path + "." + (path.equals(SpecKeys.SET.path()) ? folded(key) : key);
            lines.putIfAbsent(inner, node.line());
            if (node instanceof SpecNode.Mapping child) {
                collect(inner, child, lines);
            }
        });
    }

    private static String folded(String column) {
        try {
            return Identifier.parse(column).toString();
        } catch (BadTextException notAName) {
            // The reader of the name reports the problem; until then the line is looked up by the text as written.
            return column;
        }
    }
}
