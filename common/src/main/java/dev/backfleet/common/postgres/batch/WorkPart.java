package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Work;
import java.util.Map;

/**
 * The part of a batch's statement that does the job's work to the rows of the range: one implementation for each kind of
 * {@link Work}. Fence, walk and checkpoint are the same for all kinds.
 */
interface WorkPart {

    /** The part for a job's kind of work. */
    static WorkPart of(JobDefinition job) {
        return switch (job.work().kind()) {
            case UPDATE_ROWS -> new UpdatePart(job.updateRows());
            case COMPARE_ROWS -> new ComparePart(job);
        };
    }

    /**
     * Common table expressions between {@code backfleet_walked} and {@link BatchStatement#MOVE}. The rows are those for which
     * {@code {arms}} holds of {@code {relation} as {alias}}; the last expression is {@code backfleet_counted}, with the number
     * of rows that were {@code changed}.
     */
    String text();

    /**
     * Common table expressions for the statement that quarantines a row, after {@code backfleet_job}, which has a row if the
     * row is quarantined: what is stored beside it. Empty for most kinds.
     */
    String rejected();

    /** The placeholders of the texts that other parts of the statement do not have. */
    Map<String, String> placeholders();
}
