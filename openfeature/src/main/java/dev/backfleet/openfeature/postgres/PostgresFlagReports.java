package dev.backfleet.openfeature.postgres;

import dev.backfleet.openfeature.FlagReports;
import dev.backfleet.openfeature.FlagSourceException;
import java.util.Map;
import javax.sql.DataSource;

/** Stores what an instance has seen by {@code backfleet.report_flags}. */
public final class PostgresFlagReports implements FlagReports {
    private static final String REPORT = "select backfleet.report_flags(?, ?, ?)";

    private final DataSource database;
    private final String instance;

    public PostgresFlagReports(DataSource database, String instance) {
        this.database = database;
        this.instance = instance;
    }

    @Override
    public void report(Map<String, Long> versions) throws FlagSourceException {
        var names = versions.keySet().toArray(new String[0]);
        var numbers = versions.values().toArray(new Long[0]);
        var unused = Call.on(database, connection -> {
            try (var statement = connection.prepareStatement(REPORT)) {
                statement.setQueryTimeout(Call.SECONDS);
                statement.setString(1, instance);
                statement.setArray(2, connection.createArrayOf("text", names));
                statement.setArray(3, connection.createArrayOf("bigint", numbers));
                return statement.execute();
            }
        });
    }
}
