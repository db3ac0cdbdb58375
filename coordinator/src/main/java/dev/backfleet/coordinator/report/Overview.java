package dev.backfleet.coordinator.report;

import dev.backfleet.common.settings.Settings;
import dev.backfleet.coordinator.query.ListJobs;

/**
 * The fleet at a glance, with what it was found in.
 *
 * @param listed the unfinished jobs and those that have ended last, the state of the fleet, and its workers
 * @param report the fleet at a glance
 */
public record Overview(ListJobs.Listed listed, FleetReport report) {

    public static Overview of(ListJobs.Listed listed, Settings settings) {
        return new Overview(listed, FleetReport.of(listed, settings));
    }
}
