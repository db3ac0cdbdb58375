package dev.backfleet.coordinator.operation;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The person or program that requests an operation, as the audit and the reason of a pause name it. All of it is a claim; PostgreSQL
 * adds to the audit what it has verified: the role, and the address of the session.
 *
 * @param name its name, as known by the origin
 * @param via how the request comes: {@code cli}, {@code topic} or {@code auto} (Backfleet itself)
 * @param client the user and host of a command, as the operating system names them; null: it was no command
 * @param request the same for all that one request has caused; null: not known
 */
public record Actor(
        String name,
        String via,
        @Nullable String client,
        @Nullable String request) {
    private static final String COMMAND_LINE = "cli";
    private static final String CONTROL_TOPIC = "topic";

    /** A person at the command line. */
    public static Actor commandLine(String name) {
        return new Actor(name, COMMAND_LINE, null, null);
    }

    /** One run of a command; all that it does has the same request id. */
    public static Actor command(String name, String client) {
        return new Actor(name, COMMAND_LINE, client, UUID.randomUUID().toString());
    }

    /**
     * The author of a record on the control topic. The name is not verified: it is what the record claims.
     *
     * @param record where the record is; null: not known
     */
    public static Actor controlTopic(@Nullable String claimed, @Nullable String record) {
        return new Actor(claimed == null ? "unknown" : claimed, CONTROL_TOPIC, null, record);
    }

    /** A duty of the coordinator, such as a schedule. */
    public static Actor duty(String name) {
        return new Actor(name, "auto", null, null);
    }

    /** In one word: the name alone at the command line, else with the way before it, such as {@code topic:ann}. */
    public String words() {
        return via.equals(COMMAND_LINE) ? name : via + ":" + name;
    }
}
