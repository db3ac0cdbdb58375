package dev.backfleet.coordinator.cli;

import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.screen.FleetPause;
import picocli.CommandLine.Model.CommandSpec;

/** Says below a list that the whole fleet is paused, since the list does not. */
final class FleetNotice {
    private FleetNotice() {}

    static void print(FleetStatus fleet, CommandSpec spec) {
        if (fleet.paused()) {
            var err = spec.commandLine().getErr();
            err.println("backfleet: " + FleetPause.words(fleet));
            err.flush();
        }
    }
}
