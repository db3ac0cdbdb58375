package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.FleetStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What concerns the whole fleet. */
public final class FleetProblems {
    private FleetProblems() {}

    /** What concerns every job, the gravest first. */
    public static List<Problem> of(FleetStatus fleet) {
        return of(fleet, List.of());
    }

    /**
     * The same with problems of workers, the gravest first: of equally grave ones, what stops everything, then those of workers, and
     * at last that others are not told.
     */
    public static List<Problem> of(FleetStatus fleet, List<Problem> ofWorkers) {
        return Stream.of(stopping(fleet), ofWorkers, NotificationProblems.of(fleet))
                .flatMap(List::stream)
                .sorted(Comparator.comparing(Problem::severity))
                .toList();
    }

    /** What stops every worker. */
    static List<Problem> stopping(FleetStatus fleet) {
        return Stream.of(readOnly(fleet), commitsWait(fleet), paused(fleet))
                .flatMap(Optional::stream)
                .toList();
    }

    static Optional<Problem> readOnly(FleetStatus fleet) {
        return fleet.readOnly()
                ? Optional.of(new Problem(
                        ProblemCode.SERVER_READ_ONLY,
                        Severity.FLEET,
                        null,
                        "the server is read-only: no row changes",
                        "let the address point to the primary, or, if it is no standby, 'alter system reset "
                                + "default_transaction_read_only'; jobs then resume by themselves",
                        true))
                : Optional.empty();
    }

    static Optional<Problem> commitsWait(FleetStatus fleet) {
        return Optional.ofNullable(fleet.commitWait())
                .map(what -> new Problem(
                        ProblemCode.COMMITS_WAIT,
                        Severity.FLEET,
                        null,
                        what,
                        "the fleet continues by itself when one confirms them, or the setting is changed",
                        true));
    }

    static Optional<Problem> paused(FleetStatus fleet) {
        if (!fleet.paused()) {
            return Optional.empty();
        }
        var by = fleet.by() == null ? "" : " by " + fleet.by();
        var since = fleet.since() == null ? "" : " since " + HumanTime.moment(fleet.since());
        var why = fleet.reason() == null ? "" : ": " + fleet.reason();
        return Optional.of(new Problem(
                ProblemCode.FLEET_PAUSED,
                Severity.FLEET,
                fleet.since(),
                "THE FLEET IS PAUSED" + by + since + why,
                "'backfleet resume' resumes it",
                false));
    }
}
