package dev.backfleet.simulation;

import dev.backfleet.worker.shard.Failure;

/** Where the server's answer to a request goes. */
interface Answer<T> {
    /** It was done, and committed. */
    void done(T result);

    /** It was refused, and nothing was changed; or the connection broke, and nobody knows. */
    void failed(Failure failure);
}
