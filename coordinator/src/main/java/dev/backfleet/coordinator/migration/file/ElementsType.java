package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.spec.parse.UnknownKeys;
import dev.backfleet.common.unit.NearestName;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.migration.Element;
import java.util.List;

/** A key whose value is a list of elements, each a group of one key: its kind. */
record ElementsType() implements SpecType<List<Element>> {
    private static final List<String> WORDS =
            ElementKinds.ALL.stream().map(ElementKind::word).toList();

    @Override
    public String description() {
        return "list of [elements](#elements)";
    }

    @Override
    public String check() {
        return "each name once";
    }

    @Override
    public List<Element> read(SpecField field) {
        return field.items().stream().map(ElementsType::element).toList();
    }

    /** One of them. */
    static Element element(SpecField item) {
        var entries = item.group().entries();
        if (entries.size() != 1) {
            throw item.problem(
                    "has an element with " + (entries.isEmpty() ? "no kind" : "the keys " + entries.keySet()),
                    "begin each element with \"-\", and write its kind alone in it, like - "
                            + ElementKinds.ALL.get(0).written());
        }
        var entry = entries.entrySet().iterator().next();
        var kind = kind(item, entry.getKey());
        var value = new SpecField(item.path() + "." + kind.word(), entry.getValue(), kind.written(), false, item.at());
        if (!kind.keys().isEmpty()) {
            new UnknownKeys(item.at(), kind.keys()).refuse(value.path(), value.group());
        }
        return kind.read().apply(value);
    }

    private static ElementKind kind(SpecField item, String word) {
        return ElementKinds.ALL.stream()
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow(() -> item.problem(
                        "has the unknown kind " + Shown.text(word),
                        NearestName.of(word, WORDS)
                                .map(near -> "did you mean " + near + "?")
                                .orElse("known here: " + String.join(", ", WORDS))));
    }

    /** The lines of the elements of such a list, in its order. */
    static List<Integer> lines(SpecNode list) {
        return ((SpecNode.Sequence) list).items().stream().map(SpecNode::line).toList();
    }
}
