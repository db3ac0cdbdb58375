package dev.backfleet.coordinator.live;

import java.util.Map;

/**
 * A viewer that is told only some events.
 *
 * @param names under which names, by those of the feed
 */
public record ChosenEvents(Viewer viewer, Map<String, String> names) implements Viewer {
    public ChosenEvents {
        names = Map.copyOf(names);
    }

    @Override
    public void tell(String event, String data) {
        var name = names.get(event);
        if (name != null) {
            viewer.tell(name, data);
        }
    }

    @Override
    public void tick() {
        viewer.tick();
    }

    @Override
    public void end() {
        viewer.end();
    }

    @Override
    public boolean ended() {
        return viewer.ended();
    }
}
