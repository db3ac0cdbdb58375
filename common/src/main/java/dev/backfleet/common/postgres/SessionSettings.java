package dev.backfleet.common.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * What every session of Backfleet has in common, whatever the role's and the database's defaults are: values are
 * written and read as text in one form only, and a spec's expressions mean the same wherever they are evaluated.
 */
public final class SessionSettings {
    private static final List<String> PINNED = List.of(
            "set time zone 'UTC'",
            "set datestyle = 'ISO, YMD'",
            "set intervalstyle = 'postgres'",
            "set bytea_output = 'hex'",
            "set extra_float_digits = 1",
            "set standard_conforming_strings = on",
            "set search_path = public, pg_temp");

    private SessionSettings() {}

    /** One text that sets a session up: the pinned settings, then {@code more}. */
    static String statement(List<String> more) {
        var all = new ArrayList<>(PINNED);
        all.addAll(more);
        return String.join("; ", all);
    }
}
