package dev.backfleet.coordinator.forecast;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.Limits;
import java.util.List;

/** Batches of a job that is not stored, in transactions that are rolled back. */
public interface BatchTrials {

    /** Whether this role may store, in a transaction that is rolled back, what a batch needs in the control schema. */
    boolean mayRun();

    /** The size of the tables. */
    TableWeight weight(List<JobDefinition.Table> leaves, long rows);

    /**
     * Runs batches all over the table, with pauses, and rolls each of them back.
     *
     * @param sessions how many batches run at the same time, at most
     * @param mostRows the most rows that they scan together
     */
    Trials run(JobDefinition job, List<JobDefinition.Table> leaves, int sessions, long mostRows)
            throws InterruptedException;

    /** Keeps a forecast for a job that is submitted later with this definition and these limits; not, if this role may not store it. */
    void keep(JobDefinition job, Limits limits, SavedForecast forecast);

    /** The slots of the workers that are alive and accept tasks. */
    int fleetSlots();
}
