package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import java.util.ArrayList;
import java.util.List;

/** What a spec does not forbid and a person may not have meant. */
final class SpecFindings {
    private static final int NAMED = 5;

    private final Catalog catalog;
    private final Spec spec;
    private final TableFacts table;

    SpecFindings(Catalog catalog, Spec spec, TableFacts table) {
        this.catalog = catalog;
        this.spec = spec;
        this.table = table;
    }

    List<Finding> of(JobDefinition definition) {
        var findings = new ArrayList<Finding>();
        if (spec.change().where().isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.NO_WHERE,
                    "without a where, every row is changed, rows that are right already as well",
                    "a where that no longer holds after the change skips these, and lets the job look for rows that it"
                            + " left out"));
        }
        catalog.indexes(table.table(), definition.work().columns())
                .forEach((column, indexes) -> findings.add(Finding.of(
                        FindingCode.COLUMN_INDEXED,
                        "the column " + Identifier.of(column) + " is in the index" + (indexes.size() == 1 ? " " : "es ")
                                + named(indexes)
                                + ": each changed row gets new entries in all indexes of the table (no HOT update)",
                        "an index that is not needed meanwhile can be created after the job")));
        withoutRows(definition, findings);
        return findings;
    }

    private void withoutRows(JobDefinition definition, List<Finding> findings) {
        var tenants = spec.rollout().map(Rollout::waves).orElse(List.of()).stream()
                .flatMap(wave -> wave.tenants().stream())
                .toList();
        if (tenants.isEmpty()) {
            return;
        }
        var column = table.column(definition.key().get(0).name()).orElseThrow();
        var empty = catalog.withoutRows(table.table(), column, tenants);
        if (!empty.isEmpty()) {
            var one = empty.size() == 1;
            findings.add(Finding.of(
                    FindingCode.TENANT_WITHOUT_ROWS,
                    (one ? "the tenant " : "the tenants ") + named(empty) + " of the rollout " + (one ? "has" : "have")
                            + " no rows",
                    "check that they are written as the column has them"));
        }
    }

    private static String named(List<String> names) {
        var more = names.size() - NAMED;
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
