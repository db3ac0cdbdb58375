package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.List;

/**
 * The fleet in one line.
 *
 * @param tone the class of the style sheet
 */
public record FleetLine(String tone, String words) {

    static FleetLine of(FleetStatus fleet, List<WorkerStatus> workers) {
        var alive = workers.stream().filter(WorkerStatus::alive).toList();
        var slots = alive.stream().mapToInt(WorkerStatus::slots).sum();
        var busy = alive.stream().mapToInt(WorkerStatus::busy).sum();
        var words = (fleet.paused() ? "The fleet is paused \u00b7 " : "")
                + (fleet.leader() == null ? "No coordinator leads" : fleet.leader() + " leads") + " \u00b7 "
                + HumanText.number(alive.size()) + (alive.size() == 1 ? " worker, " : " workers, ")
                + HumanText.number(busy) + " of " + HumanText.number(slots) + " slots busy";
        return new FleetLine(fleet.paused() ? "loud" : fleet.led() ? "plain" : "caution", words);
    }
}
