package dev.backfleet.benchmark.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.zip.GZIPInputStream;
import org.postgresql.PGConnection;

/** A real table of many tenants of very unequal size: the names of packages, whose scope is the tenant. */
final class Packages {

    private static final String CREATE = """
            create table packages (
              id bigint not null, tenant_id integer not null, full_name text not null, scope text, short_name text
            )
            """;

    // In an order that has nothing to do with the tenants.
    private static final String FILL = """
            insert into packages (id, tenant_id, full_name)
            select row_number() over (order by hashtext(full_name), full_name),
                   dense_rank() over (
                     order by case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end) - 1,
                   full_name
            from line
            """;

    private Packages() {}

    /** Makes the table from a gzipped file with a name on each line; returns how many rows it has. */
    static long load(String url, Path names) throws SQLException, IOException {
        try (var sql = Sql.connect(url);
                var lines = new GZIPInputStream(Files.newInputStream(names))) {
            sql.run("create temp table line (full_name text)");
            sql.connection().unwrap(PGConnection.class).getCopyAPI().copyIn("copy line from stdin", lines);
            sql.run("drop table if exists packages");
            sql.run(CREATE);
            sql.run(FILL);
            sql.run("alter table packages add primary key (id)");
            sql.run("create unique index packages_tenant_id_id on packages (tenant_id, id)");
            sql.run("vacuum (analyze) packages");
            return sql.number("select count(*) from packages");
        }
    }
}
