package dev.backfleet.coordinator.api;

import dev.backfleet.common.unit.NearestName;
import dev.backfleet.coordinator.access.Caller;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request for a resource.
 *
 * @param path as it was sent
 * @param places the values of the parts of the path that vary
 * @param query the parameters, each with all its values
 * @param caller who sends it
 */
public record ApiRequest(String path, Map<String, String> places, Map<String, List<String>> query, Caller caller) {
    public ApiRequest {
        places = Map.copyOf(places);
        query = Map.copyOf(query);
    }

    /** Refuses parameters that a resource does not have, and those that are given twice. */
    public void require(Set<String> known) {
        query.forEach((name, values) -> {
            if (!known.contains(name)) {
                throw wrong(
                        "there is no parameter " + name,
                        NearestName.of(name, List.copyOf(known))
                                .map(near -> "did you mean " + near + "?")
                                .orElse(
                                        known.isEmpty()
                                                ? "this resource has none"
                                                : "this resource has "
                                                        + known.stream()
                                                                .sorted()
                                                                .collect(Collectors.joining(", "))));
            }
            if (values.size() > 1) {
                throw wrong("the parameter " + name + " is given more than once", null);
            }
        });
    }

    /** A part of the path. */
    public String place(String name) {
        return String.valueOf(places.get(name));
    }

    /** A part of the path that is a number from 1. */
    int numberPlace(String name) {
        return number(name, place(name), 1, Integer.MAX_VALUE);
    }

    /** A parameter as it was written. */
    Optional<String> text(String name) {
        return Optional.ofNullable(query.get(name)).map(values -> values.get(0));
    }

    /** A parameter that is a whole number. */
    int number(String name, int otherwise, int least, int most) {
        return text(name).map(text -> number(name, text, least, most)).orElse(otherwise);
    }

    /** The same, with room for an id. */
    long id(String name, long otherwise) {
        return text(name)
                .map(text -> parsed(name, text, Long::parseLong, "a whole number"))
                .orElse(otherwise);
    }

    /** A parameter that is one of the constants of an enum, in any case. */
    <E extends Enum<E>> Optional<E> one(String name, Class<E> type) {
        return text(name).map(text -> constant(name, text, type));
    }

    /** A parameter that is some of them, separated by commas; empty if it is not given. */
    <E extends Enum<E>> Set<E> some(String name, Class<E> type) {
        var found = EnumSet.noneOf(type);
        text(name).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .forEach(word -> found.add(constant(name, word, type)));
        return found;
    }

    /** A parameter that a function reads, which throws if it cannot. */
    <T> Optional<T> parsed(String name, Function<String, T> reader, String expected) {
        return text(name).map(text -> parsed(name, text, reader, expected));
    }

    private static <E extends Enum<E>> E constant(String name, String text, Class<E> type) {
        var expected =
                "one of " + Stream.of(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
        return parsed(name, text, word -> Enum.valueOf(type, word.strip().toUpperCase(Locale.ROOT)), expected);
    }

    private static int number(String name, String text, int least, int most) {
        var expected = "a whole number from " + least + (most == Integer.MAX_VALUE ? "" : " to " + most);
        int value = parsed(name, text, Integer::parseInt, expected);
        if (value < least || value > most) {
            throw wrong(name + " must be " + expected, null);
        }
        return value;
    }

    private static <T> T parsed(String name, String text, Function<String, T> reader, String expected) {
        try {
            return reader.apply(text);
        } catch (RuntimeException e) {
            throw wrong(name + " must be " + expected, null);
        }
    }

    private static ApiFailure wrong(String detail, @Nullable String remedy) {
        return new ApiFailure(ApiCode.USAGE, detail, remedy);
    }
}
