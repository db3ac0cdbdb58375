package dev.backfleet.openfeature;

import java.util.Map;

/** Where an instance says which versions it evaluates, so that a rollback can tell when all have seen it. */
public interface FlagReports {
    /**
     * Replaces what it has said before.
     *
     * @param versions by flag
     * @throws FlagSourceException if it was not stored; applications need not be permitted to
     */
    void report(Map<String, Long> versions) throws FlagSourceException;
}
