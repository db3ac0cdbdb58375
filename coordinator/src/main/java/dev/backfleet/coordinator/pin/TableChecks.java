package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.TableFacts.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Checks whether a job can change the rows of a table. */
final class TableChecks {
    private final Catalog catalog;
    private final SpecLocations places;
    private final TableName name;
    private final String path;

    /**
     * The checks of one table.
     *
     * @param name its name in the spec
     */
    TableChecks(Catalog catalog, SpecLocations places, TableName name) {
        this(catalog, places, name, "table");
    }

    /**
     * The checks of one table.
     *
     * @param path the path in the spec that names it
     */
    TableChecks(Catalog catalog, SpecLocations places, TableName name, String path) {
        this.path = path;
        this.catalog = catalog;
        this.places = places;
        this.name = name;
    }

    /** The facts about the table; refuses what holds no rows that a job could change. */
    TableFacts table() {
        catalog.missingUsage(name).ifPresent(missing -> {
            throw places.problem(
                    path, missing.role() + " may not use the schema of " + name, ExpressionHints.grants(missing));
        });
        var table = catalog.table(name)
                .orElseThrow(() -> places.problem(
                        path,
                        "there is no table " + name + " in this database",
                        catalog.nearest(name)
                                .map(known -> "did you mean " + known + "?")
                                .orElse("check the name, its schema, and which database is connected")));
        if (table.kind() != Kind.TABLE) {
            throw places.problem(path, name + " is " + table.kind().words(), "name the table that holds the rows");
        }
        for (var leaf : table.leaves()) {
            if (!leaf.ordinary()) {
                throw places.problem(
                        path,
                        "its partition " + Identifier.of(leaf.table().name()) + " is a foreign table",
                        "name the other partitions in jobs of their own");
            }
        }
        return table;
    }

    /** Refuses a table with a rule that would rewrite the statements of the job. */
    void refuseRules(TableFacts table, Triggers triggers) {
        catalog.updateRule(table.table(), triggers).ifPresent(rule -> {
            throw places.problem(
                    path,
                    rule + ", which rewrites the statements of the job",
                    "drop or disable the rule, or make a trigger of it");
        });
    }

    /**
     * Refuses a table of which a policy hides rows: they would be left out of planning by this role, and of batches by the
     * workers' role.
     *
     * @return a warning for each relation with row security from which this role is exempt
     */
    List<Finding> rowSecurity(TableFacts table) {
        var relations = new LinkedHashSet<JobDefinition.Table>();
        relations.add(table.table());
        table.leaves().forEach(leaf -> relations.add(leaf.table()));
        var exempt = new ArrayList<Finding>();
        catalog.rowSecurity(List.copyOf(relations)).forEach((relation, security) -> {
            if (security.hides()) {
                throw places.problem(
                        path,
                        security.danger(relation),
                        "let a superuser run: alter role ... bypassrls, for the roles of coordinator, workers and"
                                + " commands; or connect as a role that has BYPASSRLS");
            }
            exempt.add(Finding.of(
                    FindingCode.ROW_SECURITY,
                    "row security is on for " + Identifier.of(relation.name()) + ", and role " + security.role()
                            + " is exempt: the workers' and the coordinator's roles need BYPASSRLS as well, or the job"
                            + " stops with 42501"));
        });
        return exempt;
    }
}
