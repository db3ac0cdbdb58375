package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.postgres.throttle.QueryRole;
import java.util.List;

/** The role that runs {@code throttle.sql} and {@code throttle.probe} of specs. */
final class QueryRoleCheck {
    private static final String AREA = "database";
    private static final String GRANTS = "'backfleet grants SPEC --throttle ROLE' prints what it needs";

    private QueryRoleCheck() {}

    /** Without a role of their own, which matters if there are such queries. */
    static List<CheckResult> none(Database coordinators) {
        var jobs = QueryRole.jobsWithQueries(coordinators);
        return jobs.isEmpty()
                ? List.of()
                : List.of(CheckResult.warning(
                        AREA,
                        "throttle.sql or throttle.probe of " + String.join(", ", jobs)
                                + " runs as the coordinator's role, and may read what it may",
                        "set BACKFLEET_THROTTLE_DATABASE_USER for coordinators and commands; " + GRANTS));
    }

    /** The rights of the role. */
    static List<CheckResult> of(Database roles) {
        var excess = QueryRole.excess(roles);
        return List.of(
                excess.isEmpty()
                        ? CheckResult.ok(AREA, "the role of throttle.sql and throttle.probe may read, and nothing else")
                        : CheckResult.problem(
                                AREA,
                                excess + "; coordinators run no such query, and throttle jobs that have one",
                                "revoke that; " + GRANTS));
    }
}
