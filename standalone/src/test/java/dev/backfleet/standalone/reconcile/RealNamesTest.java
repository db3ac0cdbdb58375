package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.standalone.faults.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of packages, of many tenants of very unequal size: what a plan says of them comes true, and 500 rows that are spoiled in 50
 * tenants are found, told apart by when, and repaired. How long the job took goes to {@code target/plan.txt}, beside the forecast; with
 * {@code -Dbackfleet.idle=true}, on an otherwise idle machine, the forecast must be right.
 */
@Tag("server")
@Tag("long")
class RealNamesTest {
    private static final int ROWS = Integer.getInteger("backfleet.names", 140_000);
    private static final boolean IDLE = Boolean.getBoolean("backfleet.idle");
    private static final Path FIGURES = Path.of("target", "plan.txt");
    private static final Percentage BAR = Percentage.withPercentage(30);

    private static final String SPEC = """
            table: packages
            tenant: tenant_id
            set:
              scope: "case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end"
              short_name: "regexp_replace(full_name, '^@[^/]*/', '')"
            where: short_name is null
            shard: { rows: 10000 }
            """;

    /** Ten rows of each of fifty tenants: of ten tenants before the job, of forty after it. */
    private static final String CHOOSE = """
            create table spoiled as
            select p.id, p.tenant_id, t.place <= 10 as before, t.place % 2 = 0 as missing
            from (select tenant_id, row_number() over (order by hashint4(tenant_id), tenant_id) as place
                  from packages group by tenant_id having count(*) >= 10 order by 2 limit 50) t
            join lateral (select id, tenant_id from packages where tenant_id = t.tenant_id order by hashint8(id), id limit 10) p on true
            """;

    private static final String WRONG = """
            select count(*) from packages
            where short_name is distinct from regexp_replace(full_name, '^@[^/]*/', '')
               or scope is distinct from case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end
            """;

    @TempDir
    static Path folder;

    private static ComparingFleet fleet;

    @BeforeAll
    static void open() throws Exception {
        var url = SharedServers.freshDatabase();
        try (var table = new Table(url)) {
            table.fill(ROWS);
        }
        fleet = ComparingFleet.open(folder, url);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    @Test
    void a_plan_comes_true_and_spoiled_rows_are_found_told_apart_and_repaired() throws Exception {
        fleet.run(CHOOSE);
        fleet.run("update packages p set scope = '?', short_name = '?' from spoiled s where s.before and p.id = s.id");
        fleet.run("vacuum analyze packages");
        var spec = fleet.write("names", SPEC);
        var forecast = fleet.json(0, "plan", spec.toString()).at("/measured/forecast");
        var log = fleet.ask("select pg_current_wal_lsn()");

        fleet.command(0, "submit", spec.toString());
        fleet.command(0, "finalize", "names");
        comesTrue(forecast, log);
        finds();
        repairs();
    }

    private static void comesTrue(JsonNode forecast, String log) throws Exception {
        var changed = Long.parseLong(fleet.ask("select sum(rows_changed) from backfleet.shard"));
        assertThat(changed).isEqualTo(ROWS - 100);
        assertThat(forecast.at("/rowsToChange").asLong()).isCloseTo(changed, BAR);
        var written = Long.parseLong(fleet.ask("select pg_wal_lsn_diff(pg_current_wal_lsn(), '" + log + "')::bigint"));
        var took = Double.parseDouble(fleet.ask(
                "select extract(epoch from finished_at - started_at) from backfleet.job where name = 'names'"));
        var shortest = seconds(forecast.at("/fullSpeed/shortest"));
        var longest = seconds(forecast.at("/fullSpeed/longest"));
        var causes =
                fleet.ask("select string_agg(cause || ' ' || round(seconds::numeric, 1), ', ' order by seconds desc) "
                        + "from backfleet.job_time");
        Files.writeString(
                FIGURES,
                "%d rows: took %.1f s (%s), forecast %.1f to %.1f s; WAL %d bytes, forecast %s to %s%n"
                        .formatted(
                                changed,
                                took,
                                causes,
                                shortest,
                                longest,
                                written,
                                forecast.at("/walBytes/least").asText(),
                                forecast.at("/walBytes/most").asText()),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        if (IDLE) {
            assertThat(took).as("seconds").isBetween(shortest * 0.7, longest * 1.3);
        }
    }

    private static double seconds(JsonNode duration) {
        return duration.isNumber()
                ? duration.asDouble()
                : Duration.parse(duration.asText()).toMillis() / 1000.0;
    }

    private static void finds() throws Exception {
        fleet.run(
                "update packages p set scope = null, short_name = null from spoiled s where not s.before and s.missing and p.id = s.id");
        fleet.run("update packages p set short_name = p.short_name || '?' from spoiled s "
                + "where not s.before and not s.missing and p.id = s.id");
        assertThat(fleet.ask("select count(*) || ' ' || count(distinct tenant_id) from spoiled"))
                .isEqualTo("500 50");
        assertThat(fleet.ask(WRONG)).isEqualTo("500");
        var report = fleet.json(10, "reconcile", "names", "--rate", "none");
        assertThat(report.at("/answer/pass/scanned").asInt()).isEqualTo(ROWS);
        assertThat(report.at("/answer/rows").toString())
                .isEqualTo(
                        "{\"missing\":200,\"different\":300,\"failed\":0,\"quarantined\":0,\"since\":400,\"during\":0,"
                                + "\"before\":100,\"unknown\":0,\"newOnly\":null}");
        assertThat(report.at("/tenantsWithFindings").asInt()).isEqualTo(50);
        assertThat(ComparingFleet.texts(
                        report.at("/tenants"), "tenant", "rows/missing", "rows/different", "rows/since", "rows/before"))
                .containsExactlyInAnyOrderElementsOf(lines(fleet.ask("""
                        select string_agg(concat_ws(' ', tenant_id, case when missing and not before then 10 else 0 end,
                          case when missing and not before then 0 else 10 end, case when before then 0 else 10 end,
                          case when before then 10 else 0 end), ',')
                        from (select distinct tenant_id, before, missing from spoiled) s
                        """)));
        assertThat(ComparingFleet.texts(report.at("/keys"), "key/1"))
                .isNotEmpty()
                .isSubsetOf(lines(fleet.ask("select string_agg(id::text, ',') from spoiled")));
    }

    private static void repairs() throws Exception {
        fleet.command(0, "reconcile", "names", "--repair");
        assertThat(fleet.ask(
                        "select sum(s.rows_changed) from backfleet.shard s join backfleet.job j on j.id = s.job_id "
                                + "where j.name = 'names.repair'"))
                .as("rows that the repair has changed")
                .isEqualTo("500");
        assertThat(fleet.ask(WRONG)).isEqualTo("0");
        assertThat(fleet.command(0, "reconcile", "names", "--rate", "none")).contains("SAFE");
        fleet.command(0, "gate", "names", "--max-age", "1h");
    }

    private static List<String> lines(String text) {
        return Stream.of(text.split(",")).toList();
    }
}
