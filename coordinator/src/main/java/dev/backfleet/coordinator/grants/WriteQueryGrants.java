package dev.backfleet.coordinator.grants;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.grants.GrantScript.Part;
import dev.backfleet.coordinator.throttle.SpecQuery;
import java.util.ArrayList;
import java.util.List;

/** Writes the script that gives the role of {@code BACKFLEET_THROTTLE_DATABASE_USER} what a spec's queries read; grants nothing itself. */
public final class WriteQueryGrants {
    private final Source source;

    public WriteQueryGrants(Source source) {
        this.source = source;
    }

    /**
     * The script.
     *
     * @throws dev.backfleet.common.failure.ExplainedFailure if PostgreSQL rejects a query, or the role that runs this may not read what
     *     it reads
     */
    public GrantScript run(ParsedSpec parsed, Identifier role) {
        var throttle = parsed.spec().throttle();
        var queries = new ArrayList<String>();
        throttle.sql().forEach(own -> queries.add(SpecQuery.ofSql(own.query())));
        var probe = throttle.probe();
        if (probe != null) {
            queries.add(SpecQuery.ofProbe(probe));
        }
        var parts = new ArrayList<Part>();
        add(
                parts,
                "Queries of throttle.sql and throttle.probe run as this role, which needs no other right.",
                source.role(role));
        add(parts, "It reads what these queries read.", source.reading(queries, role));
        if (queries.isEmpty()) {
            parts.add(new Part("The spec has no throttle.sql and no throttle.probe.", List.of()));
        }
        return new GrantScript(parts);
    }

    private static void add(List<Part> parts, String why, List<String> statements) {
        if (!statements.isEmpty()) {
            parts.add(new Part(why, statements));
        }
    }

    /** What the database says about queries. */
    public interface Source {
        /** What makes the role, and lets it connect, if that is missing. */
        List<String> role(Identifier role);

        /** What permits a role to run some queries. */
        List<String> reading(List<String> queries, Identifier role);
    }
}
