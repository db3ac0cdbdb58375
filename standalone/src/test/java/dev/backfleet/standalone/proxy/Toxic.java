package dev.backfleet.standalone.proxy;

import java.util.Map;

/**
 * Something that is done to one direction of a proxy's connections.
 *
 * @param name what it is called within its proxy
 * @param type what is done
 * @param stream to which direction
 * @param toxicity to which part of the connections, from 0 to 1
 * @param attributes the numbers of its type
 */
record Toxic(String name, ToxicType type, Direction stream, double toxicity, Map<String, Long> attributes) {
    Toxic {
        attributes = Map.copyOf(attributes);
        if (!(toxicity >= 0 && toxicity <= 1)) {
            throw new IllegalArgumentException("toxicity is from 0 to 1, not " + toxicity);
        }
        for (var attribute : attributes.entrySet()) {
            if (!type.attributes().contains(attribute.getKey()) || attribute.getValue() < 0) {
                throw new IllegalArgumentException(
                        type.word() + " has no " + attribute.getKey() + " of " + attribute.getValue());
            }
        }
    }

    /** One of its numbers. */
    long number(String attribute) {
        return attributes.getOrDefault(attribute, 0L);
    }
}
