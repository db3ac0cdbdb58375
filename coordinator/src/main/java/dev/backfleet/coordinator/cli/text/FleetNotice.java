package dev.backfleet.coordinator.cli.text;

import dev.backfleet.coordinator.problem.FleetProblems;
import dev.backfleet.coordinator.query.FleetStatus;
import picocli.CommandLine.Model.CommandSpec;

/** Prints notices about the whole fleet below a list. */
public final class FleetNotice {
    private FleetNotice() {}

    public static void print(FleetStatus fleet, CommandSpec spec) {
        var err = spec.commandLine().getErr();
        FleetProblems.of(fleet).forEach(problem -> err.println("backfleet: " + problem.text()));
        fleet.formerPrimaries().forEach(text -> err.println("backfleet: " + text));
        err.flush();
    }
}
