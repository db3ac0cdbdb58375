package dev.backfleet.coordinator.operation;

import org.jspecify.annotations.Nullable;

/**
 * Who asks for something, as the audit and the reason of a pause name them.
 *
 * @param name who it is, as the origin knows them
 * @param origin where the request comes from
 */
public record Actor(String name, String origin) {
    private static final String COMMAND_LINE = "cli";
    private static final String CONTROL_TOPIC = "topic";

    /** A person at the command line, by the name of the operating system's user. */
    public static Actor commandLine(String name) {
        return new Actor(name, COMMAND_LINE);
    }

    /** Whoever wrote a record on the control topic. Nobody has checked the name: it is what the record claims. */
    public static Actor controlTopic(@Nullable String claimed) {
        return new Actor(claimed == null ? "unknown" : claimed, CONTROL_TOPIC);
    }

    /** In one word: the name alone at the command line, else with the origin before it, such as {@code topic:ann}. */
    public String words() {
        return origin.equals(COMMAND_LINE) ? name : origin + ":" + name;
    }
}
