package dev.backfleet.simulation.server;

import dev.backfleet.worker.shard.Failure;

/** Where the server's answer to a request goes. */
public interface Answer<T> {
    /** The request was executed and committed. */
    void done(T result);

    /** The request failed and changed nothing; or the connection was lost, and the outcome is unknown. */
    void failed(Failure failure);
}
