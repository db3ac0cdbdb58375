package dev.backfleet.standalone.postgres.copy;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.standalone.postgres.copy.Definition.Made;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** A table that is made by the definition of another one, and gets rows. Its triggers do not fire for these. */
public final class TableCopy {
    // Functions may name tables that are made after them, or not at all.
    private static final List<String> MAKING =
            List.of("set check_function_bodies = off", "set search_path = pg_catalog, pg_temp");

    private static final String ONE_BY_ONE = """
            create function pg_temp.backfleet_fill(one text, wanted integer) returns text language plpgsql as $body$
            declare failed integer := 0; why text;
            begin
              for i in 1 .. wanted loop
                begin
                  execute one using i;
                exception when others then
                  failed := failed + 1;
                  why := coalesce(why, sqlstate || ': ' || sqlerrm);
                end;
              end loop;
              return failed || ' ' || coalesce(why, '');
            end $body$
            """;

    private final Database database;
    private final TableName table;

    /** In another database, as a superuser. */
    public TableCopy(Database database, TableName table) {
        this.database = database;
        this.table = table;
    }

    /**
     * Makes what the definition has.
     *
     * @return what could not be made, and why
     * @throws CopyFailure if it is something without which there is no job
     */
    public List<String> make(Definition definition) {
        return database.jdbi().withHandle(handle -> {
            var failed = new ArrayList<String>();
            var connection = handle.getConnection();
            for (var setting : MAKING) {
                execute(connection, setting);
            }
            for (var object : definition.objects()) {
                make(connection, object).ifPresent(failed::add);
            }
            execute(connection, "reset search_path");
            return failed;
        });
    }

    private static Optional<String> make(Connection connection, Made object) {
        try (var statement = connection.createStatement()) {
            statement.execute(object.sql());
            return Optional.empty();
        } catch (SQLException e) {
            var what = object.what() + " (" + e.getSQLState() + ": " + message(e) + ")";
            if (object.needed()) {
                throw new CopyFailure(what);
            }
            return Optional.of(what);
        }
    }

    /**
     * Makes rows: for each column a value of its type that follows from the row's number.
     *
     * @param set the columns that the job sets: one that may be NULL is left NULL, unless {@code read} has it
     * @param read the columns whose old value the job's values are made from
     */
    public Filled fill(int rows, List<String> set, List<String> read) {
        return database.jdbi().withHandle(handle -> {
            var columns = new MadeColumns(handle, qualified()).of(set, read);
            var names = columns.stream()
                    .map(column -> Identifier.of(column.name()).quoted())
                    .collect(Collectors.joining(", "));
            var values = columns.stream().map(MadeColumns.Column::value).collect(Collectors.joining(", "));
            var one = "insert into " + qualified()
                    + (columns.isEmpty()
                            ? " default values"
                            : " (" + names + ") select " + values + " from (select $1::integer as i) n");
            execute(handle.getConnection(), "set session_replication_role = replica");
            execute(handle.getConnection(), ONE_BY_ONE);
            try {
                return oneByOne(handle.getConnection(), one, rows);
            } finally {
                execute(handle.getConnection(), "reset session_replication_role");
                analyze(handle);
            }
        });
    }

    private static Filled oneByOne(Connection connection, String one, int rows) {
        try (var statement = connection.prepareStatement("select pg_temp.backfleet_fill(?, ?)")) {
            statement.setString(1, one);
            statement.setInt(2, rows);
            try (var row = statement.executeQuery()) {
                row.next();
                return filled(rows, row.getString(1));
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static Filled filled(int rows, String answer) {
        var blank = answer.indexOf(' ');
        var failed = Integer.parseInt(answer.substring(0, blank));
        return new Filled(rows - failed, failed, answer.substring(blank + 1));
    }

    /**
     * Reads the rows of a CSV file with a header.
     *
     * @throws CopyFailure if PostgreSQL rejects a line of it; the message names the line
     * @throws IOException if it cannot be read
     */
    public Filled fill(Path file) throws IOException {
        try (var lines = Files.newBufferedReader(file)) {
            var columns = CsvHeader.read(lines).quoted();
            return database.jdbi().withHandle(handle -> copied(handle, columns, lines));
        }
    }

    private Filled copied(Handle handle, String columns, Reader rest) throws IOException {
        execute(handle.getConnection(), "set session_replication_role = replica");
        try {
            var copy = handle.getConnection().unwrap(PGConnection.class).getCopyAPI();
            var rows = copy.copyIn("copy " + qualified() + " (" + columns + ") from stdin with (format csv)", rest);
            return new Filled(Math.toIntExact(rows), 0, "");
        } catch (PSQLException e) {
            // The number of a line is counted without the header.
            var where = e.getServerErrorMessage() == null
                    ? null
                    : e.getServerErrorMessage().getWhere();
            throw new CopyFailure(
                    e.getSQLState() + ": " + message(e) + (where == null ? "" : " (" + where + ", after the header)"));
        } catch (SQLException e) {
            throw new ConnectionException(e);
        } finally {
            execute(handle.getConnection(), "reset session_replication_role");
            analyze(handle);
        }
    }

    private void analyze(Handle handle) {
        execute(handle.getConnection(), "analyze " + qualified());
    }

    private String qualified() {
        return table.schema().map(Identifier::quoted).orElse("public") + "."
                + table.name().quoted();
    }

    private static void execute(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static String message(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("^ERROR: ", "");
    }

    /**
     * How many rows the table has got.
     *
     * @param rows so many
     * @param failed how many could not be made
     * @param why why the first of these could not; empty if all could
     */
    public record Filled(int rows, int failed, String why) {}
}
