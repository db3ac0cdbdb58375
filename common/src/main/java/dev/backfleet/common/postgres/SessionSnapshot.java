package dev.backfleet.common.postgres;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The settings of a session at one moment. A function or a trigger of the user can change settings for the rest of the
 * session ({@code set DateStyle = …}, {@code set_config(…, false)}). A session that kept such a change could write keys
 * in another format, skip triggers or use another role, for this job and for every other job that uses the session.
 */
public final class SessionSnapshot {

    /** The setting in which a session stores the settings that it was set up with. */
    private static final String SETTING = "backfleet.session";

    private static final List<String> NAMES = SessionSettings.telling();
    private static final String SEPARATOR = "\u001f";

    // A setting that the server does not know has the value ''.
    private static final String NOW = "pg_catalog.array_to_string(array["
            + NAMES.stream()
                    .map(name -> "coalesce(pg_catalog.current_setting('" + name + "', true), '')")
                    .collect(joining(", "))
            + "]::pg_catalog.text[], pg_catalog.chr(31))";

    /** Stores the settings in the session. */
    static final String STORE = "select pg_catalog.set_config('" + SETTING + "', " + NOW + ", false)";

    private static final String READ = "select " + NOW;

    // A session that was not set up by this class has stored nothing, so nothing is compared. The statement also
    // releases advisory locks that a function has left behind: other sessions would wait for them until the session
    // ends.
    private static final String CHANGED = "select s.stored, s.now from (select pg_catalog.current_setting('" + SETTING
            + "', true) as stored, " + NOW + " as now, pg_catalog.pg_advisory_unlock_all()::pg_catalog.text as freed) s"
            + " where s.stored operator(pg_catalog.<>) s.now or s.freed is null";

    private final List<String> values;

    private SessionSnapshot(List<String> values) {
        this.values = values;
    }

    /** The session's current settings. */
    public static SessionSnapshot of(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(READ);
                var row = statement.executeQuery()) {
            row.next();
            return new SessionSnapshot(values(row.getString(1)));
        }
    }

    /**
     * Restores the settings that a session was set up with, and releases its advisory locks. It costs one statement if
     * nothing was changed.
     *
     * @return the names of the settings that were changed
     * @throws SQLException if they cannot be restored; then the session must not be used any more
     */
    public static List<String> restore(Connection connection) throws SQLException {
        List<String> before;
        List<String> now;
        try (var statement = connection.prepareStatement(CHANGED);
                var row = statement.executeQuery()) {
            if (!row.next()) {
                return List.of();
            }
            before = values(row.getString(1));
            now = values(row.getString(2));
        }
        if (before.size() != now.size()) {
            throw new SQLException("a function has reset all settings of the session, the stored ones too");
        }
        restoreTo(connection, before, now);
        return differences(before, now);
    }

    /** Restores these settings in a session. */
    public void restoreTo(Connection connection) throws SQLException {
        restoreTo(connection, values, of(connection).values);
    }

    private static void restoreTo(Connection connection, List<String> before, List<String> now) throws SQLException {
        for (var name : differences(before, now)) {
            try (var statement = connection.prepareStatement("select pg_catalog.set_config(?, ?, false)")) {
                statement.setString(1, name);
                statement.setString(2, before.get(NAMES.indexOf(name)));
                statement.execute();
            }
        }
    }

    private static List<String> differences(List<String> before, List<String> now) {
        return IntStream.range(0, NAMES.size())
                .filter(i -> !before.get(i).equals(now.get(i)))
                .mapToObj(NAMES::get)
                .toList();
    }

    private static List<String> values(String text) {
        return List.of(text.split(SEPARATOR, -1));
    }
}
