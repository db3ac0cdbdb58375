package dev.backfleet.common.spec.key;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.unit.BadTextException;
import java.util.List;
import java.util.function.Function;

/**
 * A key's value in the file, before it is parsed; every problem names its key and line.
 *
 * @param path the key's path
 * @param node the value
 * @param written how the key may be written, for remedies
 * @param optional whether the key may be left out
 * @param at the locations of all keys
 */
public record SpecField(String path, SpecNode node, String written, boolean optional, SpecLocations at) {

    /** The value parsed by {@code parse}, if it is a single value. */
    public <T> T read(Function<String, T> parse) {
        if (!(node instanceof SpecNode.Scalar scalar)) {
            throw wrongKind("a single value");
        }
        if (scalar.isNull()) {
            throw noValue();
        }
        try {
            return parse.apply(scalar.text());
        } catch (BadTextException bad) {
            throw problem(bad.what(), bad.remedy());
        }
    }

    /** The same, for a text in which {@code #} may mean something other than a YAML comment. */
    public <T> T readSql(Function<String, T> parse) {
        if (node instanceof SpecNode.Scalar scalar && scalar.glued()) {
            throw problem(
                    "is cut off at \" #\", where YAML begins a comment",
                    "put the SQL in quotes; if it is a comment, write a blank after #");
        }
        return read(parse);
    }

    /** Whether the value is the word {@code none}. */
    public boolean isNone() {
        return node instanceof SpecNode.Scalar scalar && scalar.text().equals(SpecScalarType.NONE);
    }

    /** The items, if the value is a list with items. */
    public List<SpecField> items() {
        if (!(node instanceof SpecNode.Sequence sequence)) {
            throw node instanceof SpecNode.Scalar scalar && scalar.isNull() ? noValue() : wrongKind("a list");
        }
        if (sequence.items().isEmpty()) {
            throw noValue();
        }
        return sequence.items().stream()
                .map(item -> new SpecField(path, item, written, optional, at))
                .toList();
    }

    /** The keys and values, if the value is a group with keys. */
    public SpecNode.Mapping group() {
        if (!(node instanceof SpecNode.Mapping mapping)) {
            throw node instanceof SpecNode.Scalar scalar && scalar.isNull() ? noValue() : wrongKind("a group of keys");
        }
        return mapping;
    }

    SpecException noValue() {
        return problem("has no value", "write it like " + written + (optional ? ", or leave it out" : ""));
    }

    /** A problem with this value, ready to throw. */
    public SpecException problem(String what, String remedy) {
        return at.problemInLine(node.line(), path, what, remedy);
    }

    private SpecException wrongKind(String wanted) {
        return problem("is " + node.kind() + ", not " + wanted, "write it like " + written);
    }
}
