package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ServerError;

/** Failures of statements that evaluate no expression, trigger or function of the user's. */
public final class Failures {
    private Failures() {}

    /** By the SQLSTATE alone. */
    public static Failure of(String code, String words) {
        return Failure.of(ServerError.of(code, words), words);
    }
}
