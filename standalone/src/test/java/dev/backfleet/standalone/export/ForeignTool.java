package dev.backfleet.standalone.export;

import dev.backfleet.coordinator.migration.export.ExportFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;

/** Executes a directory of exported files: Flyway and Liquibase themselves, and for the others what they would send to the server. */
final class ForeignTool {
    private static final Pattern EXECUTE =
            Pattern.compile("^ {4}execute <<-'(\\w+)'\\n(.*?)\\n {4}\\1$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern METHOD =
            Pattern.compile("^ {2}def (up|down)\\n(.*?)^ {2}end$", Pattern.MULTILINE | Pattern.DOTALL);
    // A statement ends at a semicolon outside of quotes and comments.
    private static final Pattern STATEMENT = Pattern.compile(
            "((?:--[^\\n]*|'(?:[^']|'')*'|\"[^\"]*\"|\\$(\\w*)\\$.*?\\$\\2\\$|[^;'\"$-]|\\$|-)+);", Pattern.DOTALL);

    private final String url;

    ForeignTool(String url) {
        this.url = url;
    }

    /** Executes the files of a directory. */
    void run(ExportFormat format, Path directory) throws Exception {
        switch (format) {
            case PLAIN -> each(directory, ".sql", this::statements);
            case FLYWAY -> flyway(directory);
            case LIQUIBASE -> liquibase(directory, liquibase -> liquibase.update(""));
            case RAILS -> each(directory, ".rb", text -> rails(text, "up"));
            case PRISMA -> each(directory, "/migration.sql", text -> execute(List.of(text), false));
        }
    }

    /** Takes them back, if the tool can. */
    void takeBack(ExportFormat format, Path directory) throws Exception {
        switch (format) {
            case LIQUIBASE ->
                liquibase(
                        directory,
                        liquibase -> liquibase.rollback(
                                liquibase.getDatabase().getRanChangeSetList().size(), ""));
            case RAILS -> {
                var files = texts(directory, ".rb");
                Collections.reverse(files);
                for (var file : files) {
                    rails(file, "down");
                }
            }
            default -> throw new IllegalStateException(format + " has no way back");
        }
    }

    private void flyway(Path directory) {
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("filesystem:" + directory)
                .table("flyway_" + directory.getFileName().toString().replace('-', '_'))
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .load()
                .migrate();
    }

    private void liquibase(Path directory, Act act) throws Exception {
        Scope.child(Map.of("liquibase.analytics.enabled", "false"), () -> {
            try (var connection = DriverManager.getConnection(url);
                    var files = new DirectoryResourceAccessor(directory);
                    var liquibase = new Liquibase("changelog.yaml", files, new JdbcConnection(connection))) {
                act.on(liquibase);
            }
        });
    }

    // It notes the version where the connection's own search path leads, in the same transaction if there is one.
    private void rails(String text, String method) throws SQLException {
        var body = METHOD.matcher(text)
                .results()
                .filter(match -> match.group(1).equals(method))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no method " + method + " in " + text))
                .group(2);
        var statements = new ArrayList<>(List.of("set search_path = rails"));
        EXECUTE.matcher(body).results().map(match -> match.group(2)).forEach(statements::add);
        statements.add("insert into schema_migrations values (current_setting('lock_timeout'))");
        execute(statements, !text.contains("  disable_ddl_transaction!\n"));
    }

    private void statements(String text) throws SQLException {
        execute(STATEMENT.matcher(text).results().map(match -> match.group(1)).toList(), false);
    }

    private void execute(List<String> statements, boolean inTransaction) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(!inTransaction);
            for (var text : statements) {
                statement.execute(text);
            }
            if (inTransaction) {
                connection.commit();
            }
        }
    }

    private static void each(Path directory, String end, Script script) throws Exception {
        for (var text : texts(directory, end)) {
            script.run(text);
        }
    }

    private static List<String> texts(Path directory, String end) throws IOException {
        var texts = new ArrayList<String>();
        try (var files = Files.walk(directory)) {
            for (var file :
                    files.filter(path -> path.toString().endsWith(end)).sorted().toList()) {
                texts.add(Files.readString(file, StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    private interface Act {
        void on(Liquibase liquibase) throws LiquibaseException;
    }

    private interface Script {
        void run(String text) throws Exception;
    }
}
