package dev.backfleet.coordinator.screen;

import dev.backfleet.coordinator.query.FleetStatus;

/** Says loudly that the whole fleet is paused. */
public final class FleetPause {
    private FleetPause() {}

    /** By whom, since when, why, and the way on. */
    public static String words(FleetStatus fleet) {
        var by = fleet.by() == null ? "" : " by " + fleet.by();
        var since = fleet.since() == null ? "" : " since " + JobFormat.moment(fleet.since());
        var why = fleet.reason() == null ? "" : ": " + fleet.reason();
        return "THE FLEET IS PAUSED" + by + since + why + "; 'backfleet resume' resumes it";
    }
}
