package dev.backfleet.coordinator.cli;

import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.screen.CommitWaitText;
import dev.backfleet.coordinator.screen.FleetPause;
import picocli.CommandLine.Model.CommandSpec;

/** Prints notices about the whole fleet below a list. */
final class FleetNotice {
    private FleetNotice() {}

    static void print(FleetStatus fleet, CommandSpec spec) {
        var err = spec.commandLine().getErr();
        if (fleet.paused()) {
            err.println("backfleet: " + FleetPause.words(fleet));
        }
        if (fleet.commitWait() != null) {
            err.println("backfleet: " + CommitWaitText.words(fleet.commitWait()));
        }
        fleet.formerPrimaries().forEach(text -> err.println("backfleet: " + text));
        err.flush();
    }
}
