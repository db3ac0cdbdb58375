package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rejects unknown keys, and suggests the key that was probably meant. */
final class UnknownKeys {
    private static final int FARTHEST = 2;

    private final SpecLocations at;

    UnknownKeys(SpecLocations at) {
        this.at = at;
    }

    /** Checks the whole file except the names of columns. */
    void refuse(SpecNode.Mapping root) {
        for (Map.Entry<String, SpecNode> entry : root.entries().entrySet()) {
            var key = entry.getKey();
            if (!SpecKeys.top().contains(key)) {
                throw unknown(entry.getValue(), key, remedyAtTop(key));
            }
            if (entry.getValue() instanceof SpecNode.Mapping group) {
                refuseInGroup(key, group);
            }
        }
    }

    private void refuseInGroup(String group, SpecNode.Mapping mapping) {
        var known = SpecKeys.inGroup(group).stream().map(SpecKey::leaf).toList();
        if (known.isEmpty()) {
            return;
        }
        mapping.entries().forEach((key, node) -> {
            if (!known.contains(key)) {
                throw unknown(node, group + "." + key, remedy(key, known));
            }
        });
    }

    private SpecException unknown(SpecNode node, String path, String remedy) {
        return at.problemInLine(node.line(), path, "is not a known key", remedy);
    }

    private static String remedyAtTop(String key) {
        return SpecKeys.ALL.stream()
                .filter(known -> !known.group().isEmpty())
                .filter(known -> known.leaf().equals(key) || known.path().equals(key))
                .findFirst()
                .map(known -> "write it in its group, like " + known.written())
                .orElseGet(() -> remedy(key, SpecKeys.top()));
    }

    private static String remedy(String key, List<String> known) {
        return nearest(key, known)
                .map(near -> "did you mean " + near + "?")
                .orElse("known here: " + String.join(", ", known));
    }

    private static Optional<String> nearest(String key, Collection<String> known) {
        for (int allowed = 1; allowed <= FARTHEST; allowed++) {
            for (var candidate : known) {
                if (distance(key, candidate) <= allowed) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    /** The edit distance. */
    private static int distance(String from, String to) {
        var above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            var row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[to.length()];
    }
}
