package dev.backfleet.coordinator.live;

import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.report.Overview;

/** Writes what a page of the console shows of a look. */
public interface Pages {
    /** The part of a job's page that changes. */
    String job(Snapshot snapshot);

    /** The same of the page of all jobs. */
    String jobs(Overview overview);

    /** The same of the fleet's page. */
    String fleet(Overview overview);
}
