package dev.backfleet.coordinator.screen;

import dev.backfleet.coordinator.query.FleetStatus;

/** The notice that the whole fleet is paused. */
public final class FleetPause {
    private FleetPause() {}

    /** Who paused it, since when, why, and how to resume it. */
    public static String words(FleetStatus fleet) {
        var by = fleet.by() == null ? "" : " by " + fleet.by();
        var since = fleet.since() == null ? "" : " since " + JobFormat.moment(fleet.since());
        var why = fleet.reason() == null ? "" : ": " + fleet.reason();
        return "THE FLEET IS PAUSED" + by + since + why + "; 'backfleet resume' resumes it";
    }
}
