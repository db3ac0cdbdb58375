package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Work;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a batch's statement that does the job's work to the rows of the range: one implementation for each kind of
 * {@link Work}. Fence, walk and checkpoint are the same for all kinds.
 */
interface WorkPart {

    /** The part for a job's kind of work. */
    static WorkPart of(JobDefinition job) {
        return switch (job.work().kind()) {
            case UPDATE_ROWS -> new UpdatePart(job, job.updateRows());
            case COMPARE_ROWS -> new ComparePart(job);
            case COPY_ROWS -> new CopyPart(job);
        };
    }

    /**
     * The common table expression after {@code backfleet_range} that reads the rows, {@code backfleet_judged}; empty if the work does not
     * read the rows before it changes them. Of the last batch of a shard, it counts the rows that have {@code passed} it: then they
     * need not be counted by another scan.
     */
    default Optional<String> scan() {
        return Optional.empty();
    }

    /**
     * Common table expressions between {@code backfleet_walked}, or the {@link #scan}, and {@link CheckpointPart#MOVE}. The rows are those for which
     * {@code {arms}} holds of {@code {relation} as {alias}}; the last expression is {@code backfleet_counted}, with the number
     * of rows that were {@code changed}.
     */
    String text();

    /**
     * Common table expressions for the statement that quarantines a row, after {@code backfleet_job}, which has a row if the
     * row is quarantined: what is stored beside it. Empty for most kinds.
     */
    String rejected();

    /**
     * The placeholders of the texts that other parts of the statement do not have.
     *
     * @param relation the table or leaf
     * @param arms the condition on the rows
     */
    Map<String, String> placeholders(String relation, String arms);
}
