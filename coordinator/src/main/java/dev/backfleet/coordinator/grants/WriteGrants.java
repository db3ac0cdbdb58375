package dev.backfleet.coordinator.grants;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.grants.GrantScript.Part;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.SpecPinner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes the script that gives the roles of a fleet what they need; grants nothing itself. */
public final class WriteGrants {
    private final Catalog catalog;
    private final Source source;

    public WriteGrants(Catalog catalog, Source source) {
        this.catalog = catalog;
        this.source = source;
    }

    /**
     * The script.
     *
     * @param spec the job; none: only what every fleet needs, and so before there is a control schema
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     */
    public GrantScript run(Optional<ParsedSpec> spec, Roles roles) {
        var parts = new ArrayList<Part>();
        parts.addAll(source.fleet(roles));
        // Without the control schema, a spec cannot be checked.
        if (!source.hasControlSchema()) {
            parts.add(ControlSchemaGrants.later(roles));
            return new GrantScript(parts);
        }
        parts.addAll(ControlSchemaGrants.parts(roles));
        spec.ifPresent(parsed -> parts.addAll(job(parsed, roles)));
        return new GrantScript(parts);
    }

    private List<Part> job(ParsedSpec parsed, Roles roles) {
        var pinned = SpecPinner.pin(catalog, parsed);
        var names = new HashSet<String>();
        pinned.definition().key().forEach(column -> names.add(column.name()));
        if (pinned.definition().work().old().keeps()) {
            names.addAll(pinned.definition().work().columns());
        }
        parsed.spec().tenant().ifPresent(tenant -> names.add(tenant.name()));
        pinned.definition().work().expressions().forEach(expression -> names.addAll(expression.names()));
        var rule = parsed.spec().different().map(SqlExpression::names).orElse(Set.of());
        var compared = new HashSet<>(pinned.definition().work().columns());
        compared.addAll(rule);
        compared.removeAll(names);
        var parts = new ArrayList<>(source.table(pinned.definition(), pinned.leaves(), names, roles));
        var granted = new GrantScript(parts).statements();
        source.reconcile(pinned.definition(), pinned.leaves(), compared, rule, roles).stream()
                .map(part -> part.without(granted))
                .forEach(parts::add);
        return parts;
    }

    /** What the database says about roles, schemas and tables. */
    public interface Source {
        /** Whether the tables of the control schema exist. */
        boolean hasControlSchema();

        /** What every fleet needs: the roles, the database, statistics of other sessions, the control schema itself. */
        List<Part> fleet(Roles roles);

        /**
         * What the roles need for a job's table.
         *
         * @param names all names in the expressions of the job, and those of the key's columns
         */
        List<Part> table(JobDefinition job, List<JobDefinition.Table> leaves, Set<String> names, Roles roles);

        /**
         * What the roles need in addition to compare the rows after the job.
         *
         * @param names the columns that the job sets, and all names in the condition for a wrong row, without those that the job reads
         * @param rule all names in the condition
         */
        List<Part> reconcile(
                JobDefinition job, List<JobDefinition.Table> leaves, Set<String> names, Set<String> rule, Roles roles);
    }
}
