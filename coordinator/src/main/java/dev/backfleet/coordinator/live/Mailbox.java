package dev.backfleet.coordinator.live;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a viewer has not been sent yet: of each event the last one, so that a slow viewer costs no memory and sees what is true now. Not
 * thread-safe.
 */
final class Mailbox {
    private final Map<String, String> events = new LinkedHashMap<>();

    void put(String event, String data) {
        events.put(event, data);
    }

    /** The next one as it is sent. */
    Optional<String> take() {
        var all = events.entrySet().iterator();
        if (!all.hasNext()) {
            return Optional.empty();
        }
        var next = all.next();
        all.remove();
        return Optional.of("event: " + next.getKey() + "\ndata: " + next.getValue() + "\n\n");
    }
}
