package dev.backfleet.coordinator.cli;

import dev.backfleet.coordinator.problem.FleetProblems;
import dev.backfleet.coordinator.query.FleetStatus;
import picocli.CommandLine.Model.CommandSpec;

/** Prints notices about the whole fleet below a list. */
final class FleetNotice {
    private FleetNotice() {}

    static void print(FleetStatus fleet, CommandSpec spec) {
        var err = spec.commandLine().getErr();
        FleetProblems.of(fleet).forEach(problem -> err.println("backfleet: " + problem.text()));
        fleet.formerPrimaries().forEach(text -> err.println("backfleet: " + text));
        err.flush();
    }
}
