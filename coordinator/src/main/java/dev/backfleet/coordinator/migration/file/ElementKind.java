package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.coordinator.migration.Element;
import java.util.List;
import java.util.function.Function;

/**
 * A kind of elements of {@code expand} and {@code finish}.
 *
 * @param word the element's only key
 * @param sentence what it makes
 * @param example a value of that key
 * @param keys the keys below it; empty: its value is a single column
 * @param read reads a value of that key
 */
record ElementKind(
        String word, String sentence, String example, List<SpecKey<?>> keys, Function<SpecField, Element> read) {

    /** As it is written in a file. */
    String written() {
        return word + ": " + example;
    }
}
