package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.postgres.query.ServerFacts;
import dev.backfleet.coordinator.postgres.query.ServerFacts.Grant;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The database: server, role, control schema, clock. */
final class DatabaseCheck {
    private static final String AREA = "database";
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
    private static final double NEARLY_FULL = 0.9;
    private static final int NAMED = 4;

    private DatabaseCheck() {}

    static List<CheckResult> server(String url, ServerFacts facts) {
        var server = facts.server();
        var results = new ArrayList<CheckResult>();
        results.add(CheckResult.ok(
                AREA, url + " answers: PostgreSQL " + server.version() + ", as the role " + server.role()));
        if (server.readOnly()) {
            results.add(CheckResult.problem(
                    AREA,
                    "the server is a standby or read-only",
                    "let the URL name the primary, or all servers; if it is no standby, reset"
                            + " default_transaction_read_only"));
        }
        if (!server.monitor()) {
            results.add(CheckResult.warning(
                    AREA,
                    "the role " + server.role()
                            + " does not see other roles' sessions: status cannot name who is in the way",
                    "grant pg_read_all_stats to it; the coordinator's role needs it too"));
        }
        facts.commitsWait()
                .ifPresent(what -> results.add(
                        CheckResult.problem(AREA, what, "start the standby, or change synchronous_standby_names")));
        return results;
    }

    static List<CheckResult> connections(ServerFacts facts) {
        var connections = facts.connections();
        var text = HumanText.number(connections.used()) + " of " + HumanText.number(connections.most())
                + " connections are in use";
        return List.of(
                connections.used() < connections.most() * NEARLY_FULL
                        ? CheckResult.ok(AREA, text)
                        : CheckResult.warning(
                                AREA, text, "each slot of a worker needs one: raise max_connections, or run fewer"));
    }

    static List<CheckResult> schema(ServerFacts facts) {
        var usable = facts.schema();
        if (usable.isEmpty()) {
            return List.of(CheckResult.problem(
                    AREA, "there is no schema backfleet yet", "start a coordinator, which creates it"));
        }
        if (!usable.get()) {
            return List.of(CheckResult.problem(
                    AREA,
                    "the role may not use the schema backfleet",
                    "grant usage on it, or use the role that owns it; deploy/postgres has the grants"));
        }
        return List.of(version(facts.version()), grants(facts.grants()));
    }

    private static CheckResult version(int version) {
        if (version == SchemaVersion.KNOWN) {
            return CheckResult.ok(AREA, "the control schema has version " + version);
        }
        return version < SchemaVersion.KNOWN
                ? CheckResult.problem(
                        AREA,
                        "the control schema has version " + version + ", this release needs " + SchemaVersion.KNOWN,
                        "start a coordinator of this release, which migrates it")
                : CheckResult.problem(
                        AREA,
                        "the control schema has version " + version + ", this release knows " + SchemaVersion.KNOWN,
                        "use the release that migrated it, or a later one");
    }

    private static CheckResult grants(List<Grant> grants) {
        if (!grants.stream().allMatch(Grant::readable)) {
            return CheckResult.problem(
                    AREA,
                    "the role may not read " + names(grants, grant -> !grant.readable()) + " of the control schema",
                    "use the role that owns the schema; deploy/postgres has the grants");
        }
        return grants.stream().allMatch(Grant::writable)
                ? CheckResult.ok(AREA, "the role may read and change the control schema")
                : CheckResult.warning(
                        AREA,
                        "the role may not change " + names(grants, grant -> !grant.writable())
                                + " of the control schema: submit, pause and other changes may be refused",
                        "use the role that owns the schema for them");
    }

    private static String names(List<Grant> grants, Predicate<Grant> which) {
        var names = grants.stream().filter(which).map(Grant::table).toList();
        return names.stream().limit(NAMED).collect(Collectors.joining(", "))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more tables" : "");
    }

    static List<CheckResult> clock(ServerFacts facts, Clock here) {
        facts.clock(); // The connection is open then.
        var before = here.instant();
        var there = facts.clock();
        var after = here.instant();
        var roundTrip = Duration.between(before, after);
        var ahead = Duration.between(before.plus(roundTrip.dividedBy(2)), there);
        // What the round trip leaves open is no difference.
        var certain = ahead.abs().minus(roundTrip.dividedBy(2));
        var text = "its clock is " + HumanText.elapsed(ahead.abs()) + (ahead.isNegative() ? " behind" : " ahead of")
                + " this machine's";
        return List.of(
                certain.compareTo(CLOCK_TOLERANCE) < 0
                        ? CheckResult.ok(AREA, "its clock agrees with this machine's")
                        : CheckResult.warning(
                                AREA,
                                text,
                                "set both by NTP: times on screens are the database's, those in logs are not"));
    }
}
