package dev.backfleet.coordinator.cli;

import dev.backfleet.coordinator.screen.FleetPause;
import picocli.CommandLine.Model.CommandSpec;

/** Says below a list that the whole fleet is paused, since the list does not. */
final class FleetNotice {
    private FleetNotice() {}

    static void print(Session session, CommandSpec spec) {
        var fleet = session.queries().fleet();
        if (fleet.paused()) {
            var err = spec.commandLine().getErr();
            err.println("backfleet: " + FleetPause.words(fleet));
            err.flush();
        }
    }
}
