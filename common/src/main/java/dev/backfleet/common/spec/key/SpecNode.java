package dev.backfleet.common.spec.key;

import java.util.List;
import java.util.Map;

/** A node of a spec's syntax tree, before it is interpreted. */
public sealed interface SpecNode {

    /** The line of the node's key, or of the node itself if it has no key; counted from 1. */
    int line();

    /** The kind of node, for messages. */
    String kind();

    /**
     * A single value.
     *
     * @param text as written, without quotes
     * @param isNull whether YAML or JSON reads it as null: empty, {@code ~} or {@code null}
     * @param glued whether a comment follows that looks like the rest of the value: {@code a #>> b}
     */
    record Scalar(int line, String text, boolean isNull, boolean glued) implements SpecNode {
        @Override
        public String kind() {
            return "a single value";
        }
    }

    /** A list. */
    record Sequence(int line, List<SpecNode> items) implements SpecNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with values, in the order of the file. */
    record Mapping(int line, Map<String, SpecNode> entries) implements SpecNode {
        @Override
        public String kind() {
            return "a group of keys";
        }
    }
}
