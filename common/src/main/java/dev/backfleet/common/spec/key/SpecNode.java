package dev.backfleet.common.spec.key;

import java.util.List;
import java.util.Map;

/** A piece of a spec's file, before anyone asks what it means. */
public sealed interface SpecNode {

    /** The line of its key, or of itself if it has none; counted from 1. */
    int line();

    /** What it is, for messages. */
    String kind();

    /**
     * A single value.
     *
     * @param text as written, without quotes
     * @param isNull whether YAML or JSON reads it as nothing: empty, {@code ~} or {@code null}
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
