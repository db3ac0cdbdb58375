package dev.backfleet.openfeature;

import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.embedded.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database with the control schema, and a role of an application with the grants of the deployment. */
final class FlagDatabase implements AutoCloseable {
    final String url = SharedServers.preparedDatabase(
            "coordinator", empty -> ControlSchema.migrate(DatabaseSettings.ofUrl(empty)));
    final String app = "flags_" + url.replaceFirst(".*/([^/?]+).*", "$1");
    private final Connection connection;

    FlagDatabase() throws SQLException {
        connection = DriverManager.getConnection(url);
        run("create role " + app + " login");
    }

    void grant() throws SQLException, IOException {
        run(Files.readString(Path.of("../deploy/postgres/flag-grants.sql")).replace("to app;", "to " + app + ";"));
    }

    /** Connections of the application's role. */
    DataSource application() {
        return source(url.replaceFirst("user=[^&]*", "user=" + app));
    }

    static DataSource source(String url) {
        var source = new PGSimpleDataSource();
        source.setURL(url);
        return source;
    }

    void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Changes and values, with parameters. */
    String ask(String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (var i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (var rows = statement.executeQuery()) {
                rows.next();
                return String.valueOf(rows.getString(1));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        run("drop owned by " + app);
        run("drop role " + app);
        connection.close();
    }
}
