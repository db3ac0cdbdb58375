package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rejects unknown keys, and suggests the key that was probably meant. */
public final class UnknownKeys {
    private static final int FARTHEST = 2;

    private final SpecLocations at;
    private final List<SpecKey<?>> known;

    public UnknownKeys(SpecLocations at, List<? extends SpecKey<?>> known) {
        this.at = at;
        this.known = List.copyOf(known);
    }

    /**
     * Checks a whole file except the names of columns.
     *
     * @throws SpecException at the first unknown key
     */
    public void refuse(SpecNode.Mapping root) {
        refuse("", root);
    }

    /**
     * Checks a group of keys whose definitions know nothing of that group, such as an item of a list.
     *
     * @param path the group's path, for messages
     * @throws SpecException at the first unknown key
     */
    public void refuse(String path, SpecNode.Mapping root) {
        for (Map.Entry<String, SpecNode> entry : root.entries().entrySet()) {
            var key = entry.getKey();
            var inner = path.isEmpty() ? key : path + "." + key;
            if (!top().contains(key)) {
                throw unknown(entry.getValue(), inner, remedyAtTop(key));
            }
            if (entry.getValue() instanceof SpecNode.Mapping group) {
                refuseInGroup(key, inner, group);
            }
        }
    }

    /** Keys outside of groups, and groups. */
    private List<String> top() {
        return known.stream()
                .map(key -> key.group().isEmpty() ? key.path() : key.group())
                .distinct()
                .toList();
    }

    private void refuseInGroup(String group, String path, SpecNode.Mapping mapping) {
        var leaves = known.stream()
                .filter(key -> key.group().equals(group))
                .map(SpecKey::leaf)
                .toList();
        if (leaves.isEmpty()) {
            return;
        }
        mapping.entries().forEach((key, node) -> {
            if (!leaves.contains(key)) {
                throw unknown(node, path + "." + key, remedy(key, leaves));
            }
        });
    }

    private SpecException unknown(SpecNode node, String path, String remedy) {
        return at.problemInLine(node.line(), path, "is not a known key", remedy);
    }

    private String remedyAtTop(String key) {
        return known.stream()
                .filter(one -> !one.group().isEmpty())
                .filter(one -> one.leaf().equals(key) || one.path().equals(key))
                .findFirst()
                .map(one -> "write it in its group, like " + one.written())
                .orElseGet(() -> remedy(key, top()));
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
