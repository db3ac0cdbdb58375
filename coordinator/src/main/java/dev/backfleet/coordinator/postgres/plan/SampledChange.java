package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.postgres.batch.CopyPart;
import dev.backfleet.common.postgres.batch.RowChange;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import java.util.List;
import java.util.stream.IntStream;

/** The change of a row that a plan shows, in SQL: of a row itself its columns before and after, of a copy the values of the copy. */
interface SampledChange {
    /** The characters of a value that are shown. */
    int LENGTH = 1_000;

    /** The change of a job on a table or leaf. */
    static SampledChange of(JobDefinition job, JobDefinition.Table leaf) {
        return job.work().kind() == Work.Kind.COPY_ROWS ? new OfCopy(job, leaf) : new OfRow(job, leaf);
    }

    /** The columns whose values are shown. */
    static List<String> columns(JobDefinition job) {
        return job.work().set().stream().map(Assignment::column).toList();
    }

    /** The condition on rows that still need the change, beginning with AND; empty if all do. */
    String andWhere();

    /** The values before the change, as an array of texts over the row. */
    String before();

    /** The statement that changes a row, by the values of its key as parameters, and returns the values after it, as an array of texts; no row if nothing was changed. */
    String statement(String isRow);

    /** The change of a row itself. */
    record OfRow(JobDefinition job, JobDefinition.Table leaf) implements SampledChange {
        @Override
        public String andWhere() {
            return new RowChange(job.updateRows()).andWhere();
        }

        @Override
        public String before() {
            var row = new RowAlias(job).quoted();
            return columns(job).stream()
                    .map(column -> "left(" + row + "." + Identifier.of(column).quoted() + "::text, " + LENGTH + ")")
                    .collect(joining(", ", "array[", "]"));
        }

        @Override
        public String statement(String isRow) {
            return "update only " + leaf.quoted() + " as " + new RowAlias(job).quoted() + " set "
                    + new RowChange(job.updateRows()).assignments() + " where " + isRow + andWhere() + " returning "
                    + before();
        }
    }

    /** A copy: there is none before, and what it has is what was computed of the row. */
    record OfCopy(JobDefinition job, JobDefinition.Table leaf) implements SampledChange {
        @Override
        public String andWhere() {
            return new CopyPart(job).andWhere();
        }

        @Override
        public String before() {
            return copy().values().stream().map(value -> "null").collect(joining(", ", "array[", "]::text[]"));
        }

        @Override
        public String statement(String isRow) {
            var values = IntStream.rangeClosed(1, copy().values().size())
                    .mapToObj(i -> "left(backfleet_v" + i + "::text, " + LENGTH + ")")
                    .collect(joining(", ", "array[", "]"));
            return "with " + new CopyPart(job).changeOfOne(leaf.quoted()) + " select " + values
                    + " from backfleet_source where exists (select from backfleet_change)";
        }

        private CopyRows copy() {
            return job.copyRows();
        }
    }
}
