package dev.backfleet.common.job.kind;

import java.util.List;

/**
 * Where a comparison finds the copies of rows.
 *
 * @param into the table that has them; its key columns are among the compared ones
 * @param back the columns that were written back, which are compared too
 */
public record ComparedCopy(CopyTarget into, List<WriteBack> back) {

    /** Copies the list. */
    public ComparedCopy {
        back = List.copyOf(back);
    }
}
