package dev.backfleet.common.unit;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the name that was probably meant: by edit distance, or because it is the beginning of what is written or the reverse. */
public final class NearestName {
    private static final int SHORTEST = 3;

    private NearestName() {}

    /** The nearest name, if at most a third of its letters differ; else the only one that is shorter or longer at its end. */
    public static Optional<String> of(String written, Collection<String> names) {
        return names.stream()
                .min(Comparator.<String>comparingInt(name -> distance(written, name))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(name -> distance(written, name) <= name.length() / 3)
                .or(() -> onlyOne(names.stream()
                        .filter(name -> isBeginning(name, written) || isBeginning(written, name))
                        .toList()));
    }

    private static Optional<String> onlyOne(List<String> names) {
        return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
    }

    private static boolean isBeginning(String part, String whole) {
        return part.length() >= SHORTEST && whole.startsWith(part);
    }

    // Two letters in the wrong order count as one difference.
    private static int distance(String a, String b) {
        var rows = new int[a.length() + 1][b.length() + 1];
        for (var i = 0; i <= a.length(); i++) {
            for (var j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                var same = a.charAt(i - 1) == b.charAt(j - 1);
                rows[i][j] =
                        Math.min(rows[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }
        return rows[a.length()][b.length()];
    }
}
