package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import java.util.HashSet;
import java.util.List;

/** The columns of the table that a job uses: those of the key, those that are set, and those that expressions name. */
final class UsedColumns {
    private UsedColumns() {}

    /** Their names, in the table's order. An expression that names the table as a whole may use any. */
    static List<String> of(TableFacts table, JobDefinition job) {
        var names = new HashSet<String>();
        job.work().expressions().forEach(expression -> names.addAll(expression.names()));
        var all = names.contains(job.table().name());
        job.key().stream().map(KeyColumn::name).forEach(names::add);
        names.addAll(job.work().columns());
        return table.columns().stream()
                .map(TableFacts.Column::name)
                .filter(name -> all || names.contains(name))
                .toList();
    }
}
