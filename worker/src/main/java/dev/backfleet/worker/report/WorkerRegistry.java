package dev.backfleet.worker.report;

/** Where a worker says that it is alive. */
public interface WorkerRegistry {

    /** Says that the worker is alive, and whether it takes tasks. */
    void seen(boolean taking);

    /** Says that the worker has gone. */
    void gone();
}
