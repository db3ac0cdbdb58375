package dev.backfleet.coordinator.operation;

import org.jspecify.annotations.Nullable;

/**
 * The person or program that requests an operation, as the audit and the reason of a pause name it.
 *
 * @param name its name, as known by the origin
 * @param origin where the request comes from
 */
public record Actor(String name, String origin) {
    private static final String COMMAND_LINE = "cli";
    private static final String CONTROL_TOPIC = "topic";

    /** A person at the command line, by the name of the operating system's user. */
    public static Actor commandLine(String name) {
        return new Actor(name, COMMAND_LINE);
    }

    /** The author of a record on the control topic. The name is not verified: it is what the record claims. */
    public static Actor controlTopic(@Nullable String claimed) {
        return new Actor(claimed == null ? "unknown" : claimed, CONTROL_TOPIC);
    }

    /** The origin of an actor, from the words for it that were stored. */
    public static String origin(String words) {
        return words.startsWith(CONTROL_TOPIC + ":") ? CONTROL_TOPIC : COMMAND_LINE;
    }

    /** In one word: the name alone at the command line, else with the origin before it, such as {@code topic:ann}. */
    public String words() {
        return origin.equals(COMMAND_LINE) ? name : origin + ":" + name;
    }
}
