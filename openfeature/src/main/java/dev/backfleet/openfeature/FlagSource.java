package dev.backfleet.openfeature;

import java.util.Map;

/** Where flags are read. */
public interface FlagSource {
    /**
     * All flags, in one query.
     *
     * @param known the flags of the last answer: of one whose version is still the same, its tenants are taken from there
     * @throws FlagSourceException if there is no answer
     */
    Map<String, Flag> read(Map<String, Flag> known) throws FlagSourceException;
}
