package dev.backfleet.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.standalone.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan --rehearse} runs a whole job on a copy of the table, and leaves the database of the table alone. */
@Tag("server")
class RehearsalTest {
    private static final String SPEC = """
            name: rehearsed
            table: shop.orders
            tenant: tenant
            set: { total: "shop.rounded(price) * quantity" }
            where: total is null
            rate: 1
            rollout: [1, 100]
            window: { between: "00:00-00:01", zone: UTC }
            """;

    private final String database = SharedServers.freshDatabase();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @BeforeEach
    void create() throws SQLException {
        run("create schema shop");
        run("create type shop.\"State of it\" as enum ('new', 'paid')");
        run("create domain shop.amount as numeric(10, 2) constraint positive check (value >= 0)");
        run("create function shop.rounded(shop.amount) returns numeric immutable language sql as 'select round($1)'");
        run("create table shop.audit (n serial, what text not null)");
        run("create table shop.customer (id integer primary key)");
        run("""
                create table shop.orders (
                  tenant integer not null, id bigint not null, "State" shop."State of it" not null default 'new',
                  price shop.amount not null, quantity integer not null check (quantity < 20), total numeric,
                  tags text[], at timestamptz not null default now(), customer integer references shop.customer,
                  double numeric generated always as (total * 2) stored, primary key (tenant, id)) partition by list (tenant)
                """);
        run("create table shop.\"orders of 1\" partition of shop.orders for values in (1) with (fillfactor = 70)");
        run("create index on shop.orders (at)");
        run("create function shop.log() returns trigger language plpgsql as $$ begin"
                + " if new.quantity = 7 then raise exception 'seven'; end if;"
                + " insert into shop.audit (what) values ('x'); return new; end $$");
        run("create trigger logs before update on shop.orders for each row execute function shop.log()");
    }

    @Tag("long")
    @Test
    void a_job_runs_on_rows_that_are_made_and_those_that_are_rejected_are_told() throws Exception {
        assertThat(plan("--rehearse", "--rows", "30", "-o", "json"))
                .as(err + "" + out)
                .isEqualTo(9);
        var report = new ObjectMapper().readTree(out.toString());
        assertThat(report.get("state").asText()).isEqualTo("SUCCEEDED");
        // Quantities from 20 on violate the constraint.
        assertThat(report.get("rows").asInt()).isEqualTo(19);
        assertThat(report.get("notMade").asText()).startsWith("11 rows: 23514");
        assertThat(report.get("changed").asInt()).isEqualTo(18);
        assertThat(report.get("rejected").asInt()).isEqualTo(1);
        assertThat(report.get("reasons").get(0).asText())
                .startsWith("1 × P0001: ")
                .contains("shop.log()");
        assertThat(report.get("notCopied").toString()).contains("the foreign key orders_customer_fkey");
        assertThat(ask("select count(*) from shop.orders")).isEqualTo("0");
        assertThat(ask("select to_regnamespace('backfleet') is null")).isEqualTo("t");
    }

    @Tag("long")
    @Test
    void a_job_runs_on_the_rows_of_a_file_and_a_wrong_one_is_refused() throws Exception {
        var rows = folder.resolve("rows.csv");
        Files.writeString(rows, "tenant,id,price,quantity\n1,1,2.6,3\n2,1,10,1\n");
        assertThat(plan("--rehearse", "--rows-from", rows.toString()))
                .as(err + "" + out)
                .isZero();
        assertThat(out.toString().lines())
                .contains("rehearsal of rehearsed: SUCCEEDED", "rows      2, 2 scanned, 2 changed, 0 rejected");
        Files.writeString(rows, "tenant,id,price,quantity\n1,1,2.6,3\n2,1,-10,1\n");
        assertThat(plan("--rehearse", "--rows-from", rows.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("nothing can be rehearsed: 23514", "line 2, column price");
    }

    @Test
    void what_does_not_belong_together_is_refused() throws IOException {
        assertThat(plan("--rehearse", "--sample")).isEqualTo(2);
        assertThat(plan("--rows", "5")).isEqualTo(2);
        assertThat(plan("--rehearse", "--rows", "0")).isEqualTo(2);
        assertThat(plan("--rehearse", "--rows", "5", "--rows-from", "x.csv")).isEqualTo(2);
        assertThat(plan("--rehearse", "--rows-from", folder.resolve("none.csv").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("none.csv cannot be read");
        for (var header : List.of("tenant,id,pricee,quantity", "tenant,id,price,double", "id,tenant,id,price")) {
            var rows = Files.writeString(folder.resolve("rows.csv"), header + "\n1,1,2.6,3\n");
            assertThat(plan("--rehearse", "--rows-from", rows.toString()))
                    .as(header)
                    .isEqualTo(2);
        }
        assertThat(err.toString())
                .contains("names the column pricee", "names the column double", "names the column id twice")
                .doesNotContain("starting PostgreSQL");
    }

    private int plan(String... more) throws IOException {
        var file = Files.writeString(folder.resolve("spec.yaml"), SPEC).toString();
        out.getBuffer().setLength(0);
        var arguments = Stream.concat(Stream.of("plan", file, "--database-url=" + database), List.of(more).stream())
                .toArray(String[]::new);
        var commands = Main.commandLine(arguments);
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private void run(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database);
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
