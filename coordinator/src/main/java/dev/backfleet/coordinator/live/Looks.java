package dev.backfleet.coordinator.live;

import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.report.MapReport;
import dev.backfleet.coordinator.report.Overview;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a look at a job or at the fleet has found, as the events that tell it: by their names, their data as JSON on one line. */
public final class Looks {
    /** The event with the status of a job. */
    public static final String JOB = "job";

    /** The event with what is around a job, or with the fleet at a glance. */
    public static final String FLEET = "fleet";

    /** The event that says how old the last answer is, while the database gives none. */
    public static final String STALE = "stale";

    /** The event that says that the job no longer exists; the stream ends with it. */
    public static final String GONE = "gone";

    /** The event with what changes of a job's page. */
    public static final String JOB_PAGE = "job-page";

    /** The event with what changes of the page of all jobs. */
    public static final String JOBS_PAGE = "jobs-page";

    /** The event with what changes of the fleet's page. */
    public static final String FLEET_PAGE = "fleet-page";

    private Looks() {}

    /**
     * What a look has found.
     *
     * @param events by their names
     * @param costly whether it took more statements than others do: then what is looked at changes little meanwhile
     */
    record Look(Map<String, String> events, boolean costly) {}

    /** A look at a job. What holds it up, or why nobody leads, is asked for beside its status. */
    static Look of(Snapshot snapshot, Pages pages) {
        var events = new LinkedHashMap<String, String>();
        events.put(FLEET, JsonOutput.line(new Surroundings(snapshot.fleet(), snapshot.workers(), snapshot.blockers())));
        events.put(JOB, JsonOutput.line(MapReport.of(snapshot)));
        events.put(JOB_PAGE, JsonOutput.line(pages.job(snapshot)));
        return new Look(events, !snapshot.fleet().led() || snapshot.isHeldUp());
    }

    /** A look at the fleet. */
    static Look of(Overview overview, Pages pages) {
        var events = new LinkedHashMap<String, String>();
        events.put(FLEET, JsonOutput.line(overview.report()));
        events.put(JOBS_PAGE, JsonOutput.line(pages.jobs(overview)));
        events.put(FLEET_PAGE, JsonOutput.line(pages.fleet(overview)));
        return new Look(events, false);
    }

    /**
     * What is around a job, in the order of the JSON output; names and order are an interface.
     *
     * @param fleet the fleet
     * @param workers its workers, live ones first
     * @param blockers if the job stands still or meets locks: sessions that hold locks on its tables, the likeliest first
     */
    public record Surroundings(FleetStatus fleet, List<WorkerStatus> workers, List<Blocker> blockers) {
        public Surroundings {
            workers = List.copyOf(workers);
            blockers = List.copyOf(blockers);
        }
    }

    /**
     * The last answer is old, in the order of the JSON output; names and order are an interface.
     *
     * @param ageSeconds how old
     * @param reason why there is no newer one, as a clause
     */
    public record Stale(long ageSeconds, String reason) {}
}
