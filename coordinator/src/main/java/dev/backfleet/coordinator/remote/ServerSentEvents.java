package dev.backfleet.coordinator.remote;

import java.util.Iterator;
import java.util.function.BiConsumer;

/** Reads server-sent events from lines. */
final class ServerSentEvents {
    private static final String EVENT = "event: ";
    private static final String DATA = "data: ";

    private ServerSentEvents() {}

    /** Gives each event, with its name and its data, until there are no more lines. */
    static void read(Iterator<String> lines, BiConsumer<String, String> events) {
        var name = "";
        var data = "";
        while (lines.hasNext()) {
            var line = lines.next();
            if (line.startsWith(EVENT)) {
                name = line.substring(EVENT.length());
            } else if (line.startsWith(DATA)) {
                data = line.substring(DATA.length());
            } else if (line.isEmpty() && !name.isEmpty()) {
                events.accept(name, data);
                name = "";
                data = "";
            }
        }
    }
}
