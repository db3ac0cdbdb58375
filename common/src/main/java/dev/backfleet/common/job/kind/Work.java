package dev.backfleet.common.job.kind;

import dev.backfleet.common.sql.SqlExpression;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job does to the rows of a batch's range. Fence, boundary and checkpoint of a batch are the same for every kind of
 * work.
 */
public sealed interface Work permits UpdateRows, CompareRows, CopyRows {

    /** Which kind of work it is. A {@code switch} over it without default stops compiling when a kind is added. */
    Kind kind();

    /**
     * The values that it computes from a row, in the spec's order, by the column that each is given to: a column of the row, or, of a
     * copy, of the other table. Empty if it gives none.
     */
    List<Assignment> set();

    /** The condition on the rows that still need it; null: it concerns every row. */
    @Nullable
    String where();

    /** The same with another expression for a column that is already set. */
    Work setting(Assignment change);

    /** The names of the columns of the job's own table that it writes, in the spec's order. */
    List<String> columns();

    /** All SQL expressions of the spec that it evaluates for a row. */
    List<SqlExpression> expressions();

    /** Whether it changes rows of the table, so that a row that was rejected can be changed later. */
    boolean changesRows();

    /** Whether its transactions suppress the table's triggers. */
    boolean suppressesTriggers();

    /** The migration that it belongs to, whose sync does not fire in its transactions; null: it belongs to none, or changes no rows. */
    @Nullable
    String migration();

    /** What becomes of the values that it overwrites; lost, if it overwrites none. */
    OldValues old();

    /** The kinds of work. */
    enum Kind {
        /** {@link UpdateRows}. */
        UPDATE_ROWS("update-rows"),
        /** {@link CompareRows}. */
        COMPARE_ROWS("compare-rows"),
        /** {@link CopyRows}. */
        COPY_ROWS("copy-rows");

        private final String stored;

        Kind(String stored) {
            this.stored = stored;
        }

        /** Its name in the control schema, and for people. */
        public String stored() {
            return stored;
        }

        /** The kind with this name in the control schema; empty if this release does not know it. */
        public static Optional<Kind> ofStored(String name) {
            return Stream.of(values()).filter(kind -> kind.stored.equals(name)).findFirst();
        }
    }
}
