package dev.backfleet.common.spec.key;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecProblem;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.BadTextException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The line of each key in a file, so that a problem that is found later can name it. */
public final class SpecLocations {
    private final String file;
    private final Map<String, Integer> lines;
    private final UnaryOperator<String> shown;

    private SpecLocations(String file, Map<String, Integer> lines, UnaryOperator<String> shown) {
        this.file = file;
        this.lines = Map.copyOf(lines);
        this.shown = shown;
    }

    /** The lines of a spec's keys. */
    public static SpecLocations of(String file, SpecNode.Mapping root) {
        return of(file, root, Set.of(SpecKeys.SET.path(), CopyKeys.COLUMNS.path(), CopyKeys.WRITE_BACK.path()));
    }

    /**
     * The lines of a file's keys.
     *
     * @param byColumn the keys whose own keys are columns: they are found by the column, however it is written
     */
    public static SpecLocations of(String file, SpecNode.Mapping root, Set<String> byColumn) {
        var lines = new HashMap<String, Integer>();
        collect("", root, byColumn, lines);
        return new SpecLocations(file, lines, UnaryOperator.identity());
    }

    /** The same lines, for keys that have other paths in the file than here: {@code shown} gives the path in the file. */
    public SpecLocations shownAs(UnaryOperator<String> shown) {
        return new SpecLocations(file, lines, shown);
    }

    /** The path of the key that sets a column. */
    public static String setColumn(Identifier column) {
        return SpecKeys.SET.path() + "." + column;
    }

    /** The path of the key that gives a column of a copy its value. */
    public static String copyColumn(Identifier column) {
        return CopyKeys.COLUMNS.path() + "." + column;
    }

    /** The path of the key that writes a column back. */
    public static String writeBackColumn(Identifier column) {
        return CopyKeys.WRITE_BACK.path() + "." + column;
    }

    /** The line of a key, or of its group; empty if the file has neither. */
    public OptionalInt lineOf(String path) {
        var line = lines.get(path);
        if (line != null) {
            return OptionalInt.of(line);
        }
        int dot = path.lastIndexOf('.');
        return dot < 0 ? OptionalInt.empty() : lineOf(path.substring(0, dot));
    }

    /** A problem with a key, ready to throw. */
    public SpecException problem(String path, String what, String remedy) {
        return problem(lineOf(path), path, what, remedy);
    }

    /** A problem with a key at a given line. */
    public SpecException problemInLine(int line, String path, String what, String remedy) {
        return problem(OptionalInt.of(line), path, what, remedy);
    }

    private SpecException problem(OptionalInt line, String path, String what, String remedy) {
        return new SpecException(new SpecProblem(file, line, path.isEmpty() ? path : shown.apply(path), what, remedy));
    }

    private static void collect(
            String path, SpecNode.Mapping mapping, Set<String> byColumn, Map<String, Integer> lines) {
        mapping.entries().forEach((key, node) -> {
            var inner = path.isEmpty() ? key : path + "." + (byColumn.contains(path) ? folded(key) : key);
            lines.putIfAbsent(inner, node.line());
            if (node instanceof SpecNode.Mapping child) {
                collect(inner, child, byColumn, lines);
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
