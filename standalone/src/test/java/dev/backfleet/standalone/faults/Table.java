package dev.backfleet.standalone.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.postgresql.PGConnection;

/** A table of package names, with a counter that shows each change: what the fault tests change, and a reconcile compares. */
public final class Table implements AutoCloseable {
    private static final Path REAL_NAMES = Path.of("..", "..", "shared", "data", "npm-package-names.txt.gz");

    private final Connection connection;

    /** On a database. */
    public Table(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /** Fills it with {@code rows} package names: real ones where they are at hand, else made up in the same proportions. */
    public void fill(int rows) throws SQLException, IOException {
        run("create table public.packages (id bigint not null, tenant_id integer not null, full_name text not null, "
                + "scope text, short_name text, n integer not null default 0)");
        run("create temp table line (full_name text)");
        if (Files.isReadable(REAL_NAMES)) {
            copyRealNames(rows);
        } else {
            run("insert into line select case when i % 5 < 3 then 'name-' || i "
                    + "else '@scope-' || (i % 997) || '/name-' || i end from generate_series(1, " + rows + ") i");
        }
        run("insert into packages (id, tenant_id, full_name) "
                + "select row_number() over (order by hashtext(full_name), full_name), "
                + "dense_rank() over (order by case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end) - 1, "
                + "full_name from line");
        run("alter table packages add primary key (id)");
        run("create unique index on packages (tenant_id, id)");
        run("analyze packages");
    }

    private void copyRealNames(int rows) throws SQLException, IOException {
        var names = RealNames.SAMPLE;
        var text = IntStream.range(0, rows)
                .mapToObj(row -> names.get((int) ((long) row * names.size() / rows)))
                .map(name -> name.replace("\\", "\\\\"))
                .collect(Collectors.joining("\n", "", "\n"));
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy line from stdin", new StringReader(text));
    }

    void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long number(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    List<String> texts(String sql) throws SQLException {
        var all = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                all.add(row.getString(1));
            }
        }
        return all;
    }

    /** Each change of a row counted, from one snapshot with what the checkpoints say. */
    void assertCountedAsChanged(long job) throws SQLException {
        assertThat(number(
                        "select (select sum(n) from packages) - (select sum(rows_changed) from backfleet.shard where job_id = "
                                + job + ")"))
                .as("rows changed, less rows counted")
                .isZero();
    }

    void assertEveryRowOnce(long job) throws SQLException {
        assertThat(number("select count(*) from packages where n = 0"))
                .as("missing")
                .isZero();
        assertThat(number("select count(*) from packages where n > 1"))
                .as("changed twice")
                .isZero();
        assertCountedAsChanged(job);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Names from all over the file, which is in their order: tenants have their proportions. It is read once in a JVM. */
    private static final class RealNames {
        private static final int EVERY = 32;
        private static final List<String> SAMPLE = read();

        private static List<String> read() {
            try (var reader = new BufferedReader(
                    new InputStreamReader(new GZIPInputStream(Files.newInputStream(REAL_NAMES)), UTF_8))) {
                var sample = new ArrayList<String>();
                var number = 0;
                for (var name = reader.readLine(); name != null; name = reader.readLine()) {
                    if (number++ % EVERY == 0) {
                        sample.add(name);
                    }
                }
                return sample;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
