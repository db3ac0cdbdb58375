package dev.backfleet.common.spec.key;

import java.util.Map;
import java.util.Optional;

/** The values of a file, or of one of its groups, by the definitions of their keys. */
public final class SpecValues {
    private final SpecNode.Mapping root;
    private final SpecLocations at;
    private final String prefix;

    public SpecValues(SpecNode.Mapping root, SpecLocations at) {
        this(root, at, "");
    }

    private SpecValues(SpecNode.Mapping root, SpecLocations at, String prefix) {
        this.root = root;
        this.at = at;
        this.prefix = prefix;
    }

    /** The values of a field that is a group of keys itself, such as an item of a list. */
    public static SpecValues of(SpecField field) {
        return new SpecValues(field.group(), field.at(), field.path() + ".");
    }

    /** The value of a required key or of a key with a default. */
    public <T> T get(SpecKey<T> key) {
        return find(key).orElseGet(() -> {
            if (key.absence().kind() != SpecKey.Kind.DEFAULT) {
                var remedy = "write it like " + key.written();
                throw prefix.isEmpty()
                        ? at.problem(key.path(), "is missing", remedy)
                        : at.problemInLine(root.line(), prefix + key.path(), "is missing", remedy);
            }
            var standard = new SpecNode.Scalar(0, key.absence().text(), false, false);
            return key.type().read(field(key, standard));
        });
    }

    /** The value of a key, if it is in the file. */
    public <T> Optional<T> find(SpecKey<T> key) {
        return node(key).map(node -> key.type().read(field(key, node)));
    }

    private Optional<SpecNode> node(SpecKey<?> key) {
        if (key.group().isEmpty()) {
            return Optional.ofNullable(root.entries().get(key.path()));
        }
        var group = root.entries().get(key.group());
        if (group == null) {
            return Optional.empty();
        }
        if (group instanceof SpecNode.Scalar scalar && !scalar.isNull()) {
            // "rate: none" is short for no limit, and "throttle: none" for no signal.
            if (isShort(key) && scalar.text().equals(SpecScalarType.NONE)) {
                return Optional.of(group);
            }
            // "rate: 5000" is short for rows per second.
            if (key.group().equals(SpecKeys.RATE_ROWS.group())) {
                return key.equals(SpecKeys.RATE_ROWS) ? Optional.of(group) : Optional.empty();
            }
        }
        // "rollout: [...]" is short for its waves.
        if (key.group().equals(SpecKeys.ROLLOUT_WAVES.group()) && group instanceof SpecNode.Sequence) {
            return key.equals(SpecKeys.ROLLOUT_WAVES) ? Optional.of(group) : Optional.empty();
        }
        Map<String, SpecNode> entries = new SpecField(key.group(), group, key.written(), true, at)
                .group()
                .entries();
        return Optional.ofNullable(entries.get(key.leaf()));
    }

    private static boolean isShort(SpecKey<?> key) {
        return key.group().equals(SpecKeys.RATE_ROWS.group()) || key.group().equals(ThrottleKeys.GROUP);
    }

    private SpecField field(SpecKey<?> key, SpecNode node) {
        boolean optional = key.absence().kind() != SpecKey.Kind.REFUSED;
        // As it is in the file: "rate: 5000" names no rows-per-second.
        var isShort = node instanceof SpecNode.Scalar && node == root.entries().get(key.group());
        return new SpecField(prefix + (isShort ? key.group() : key.path()), node, key.written(), optional, at);
    }
}
