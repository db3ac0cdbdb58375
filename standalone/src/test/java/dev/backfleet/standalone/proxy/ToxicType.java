package dev.backfleet.standalone.proxy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be done to one direction of a connection, each with the numbers that it needs; what is not given is 0. */
enum ToxicType {
    /** Bytes arrive {@code latency} ms later, give or take {@code jitter} ms. */
    LATENCY("latency", "jitter"),
    /** At most {@code rate} kB go through in a second. */
    BANDWIDTH("rate"),
    /** The end of the connection is passed on {@code delay} ms later. */
    SLOW_CLOSE("delay"),
    /** Bytes vanish; after {@code timeout} ms the connection is closed, with 0 never before the toxic goes. */
    TIMEOUT("timeout"),
    /** After {@code timeout} ms the connection is reset. */
    RESET_PEER("timeout"),
    /** Bytes go in pieces of {@code average_size}, give or take {@code size_variation}, {@code delay} µs apart. */
    SLICER("average_size", "size_variation", "delay"),
    /** After so many {@code bytes} the connection is closed. */
    LIMIT_DATA("bytes");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> attributes;

    ToxicType(String... attributes) {
        this.attributes = List.of(attributes);
    }

    /** The names of its numbers. */
    List<String> attributes() {
        return attributes;
    }

    /** As the API spells it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ToxicType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }
}
