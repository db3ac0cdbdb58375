package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.ExitCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A step of a cutover after which reads are slow is taken back by the coordinator; one after which they are not is followed by the next. */
@Tag("long")
@Tag("staged")
class PoisonedStepTest {
    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    /** From the step until all read the old shape again. */
    private static final Duration TAKEN_BACK_WITHIN = Duration.ofSeconds(10);

    private static final String FILE = """
            migration: poisoned
            table: public.readings
            tenant: tenant_id
            from: [v]
            to: { w: { type: integer, up: v + 1 } }
            down: { v: w - 1 }
            cutover:
              steps: [{ tenants: [13] }, 100]
              soak: 1s
              promote: auto
              abort: { probe-latency: 3x/4x, probe: "select public.read_tenants()", drift: 0/1 }
            """;

    // What the application does, once: for one tenant, the new shape is read slowly.
    private static final String READS = """
            create table readings (id bigint primary key, tenant_id integer not null, v integer not null);
            create unique index on readings (tenant_id, id);
            insert into readings select i, i % 20, i from generate_series(1, 2000) i;
            analyze readings;
            create table poison (slow boolean);
            insert into poison values (true);
            create function read_tenants() returns bigint language plpgsql as $$
              begin
                perform pg_sleep(0.05);
                if backfleet.flag('poisoned', '13') and (select slow from poison) then
                  perform pg_sleep(0.6);
                end if;
                return (select count(*) from readings where tenant_id = 13);
              end $$;
            """;

    @TempDir
    private Path folder;

    private Stage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = SHARED.ready();
        stage.table().run(READS);
    }

    @AfterEach
    void calm() throws SQLException {
        stage.calm();
        stage.table().run("drop table if exists readings, poison; drop function if exists read_tenants");
    }

    @Test
    void a_slow_step_is_taken_back_with_its_reason_and_a_good_one_is_followed_by_the_next() throws Exception {
        var file = Files.writeString(folder.resolve("poisoned.yaml"), FILE).toString();
        assertThat(stage.commands().run("migration", "apply", file)).contains("READY");
        Stage.awaitTrue(() -> status().matches("(?s).*probe-latency +5.*calm.*"));

        var before = flags(null);
        takeAStep();
        var on = flags(before);
        assertThat(on.body()).contains("\"poisoned\"", "\"13\"").isNotEqualTo(before.body());
        Awaitility.await().atMost(TAKEN_BACK_WITHIN).until(() -> !reads(13));

        var off = flags(on);
        assertThat(off.statusCode())
                .as("after the rollback, with the ETag of before")
                .isEqualTo(200);
        assertThat(off.body()).doesNotContain("\"13\"");
        assertThat(flags(off).statusCode()).as("nothing has changed since").isEqualTo(304);
        assertThat(stage.table()
                        .texts("select reason from backfleet.flag where name = 'poisoned'")
                        .get(0))
                .matches("probe-latency is [0-9.]+m?s, at its hard threshold 2[0-9]{2}ms, with a baseline of [0-9.]+ms,"
                        + " in two looks in a row, at ON, 0 %, with 1 tenant by name \\(step 1\\)");
        assertThat(stage.table()
                        .number("select count(*) from backfleet.audit where action = 'flag' and who = 'auto:cutover'"
                                + " and new_value like 'poisoned: ON%OFF' and reason like 'probe-latency%'"))
                .isEqualTo(1);
        assertThat(stage.table()
                        .number(
                                "select count(*) from backfleet.outbox where type = 'migration.rolled-back' and job_name = 'poisoned'"
                                        + " and who = 'auto:cutover'"))
                .isEqualTo(1);
        assertThat(status())
                .contains("poisoned (id", "READY", "PROBLEM: all reads were taken back", "probe-latency is")
                .containsOnlyOnce("in two looks in a row");
        assertThat(stage.commands().run("status", "poisoned", "-o", "json")).contains("\"cutover-taken-back\"");

        stage.table().run("update poison set slow = false");
        Stage.awaitTrue(() -> status().matches("(?s).*probe-latency +5.*calm.*"));
        takeAStep();
        Stage.awaitTrue(() -> reads(14));

        assertThat(status()).contains("CUT ", "step 2 of 2", "auto:cutover").doesNotContain("PROBLEM");
        stage.commands().run("migration", "rollback", "poisoned", "--reason", "the end of a test");
        stage.commands().run("migration", "abort", "poisoned", "--yes", "--discard-new-only");
    }

    // Refused while the last look at the signal was hard, as one may be on a busy machine.
    private void takeAStep() {
        Stage.awaitTrue(() -> {
            var result = stage.commands().result("migration", "cutover", "poisoned");
            assertThat(result.code()).as(result.err()).isIn(ExitCode.DONE.code(), ExitCode.REFUSED_BY_GATE.code());
            return result.code() == ExitCode.DONE.code();
        });
    }

    /** What the leading coordinator answers a client that knows an answer already; null: that knows none. */
    private HttpResponse<String> flags(@Nullable HttpResponse<String> known) throws Exception {
        var coordinator = Stage.alive(stage.stack().coordinators()).get(0);
        var listens = Pattern.compile("health and metrics are published.*address=(\\S+)")
                .matcher(Files.readString(coordinator.log()));
        assertThat(listens.find()).isTrue();
        var request = HttpRequest.newBuilder(URI.create("http://" + listens.group(1) + "/flags.json"));
        if (known != null) {
            request.header("If-None-Match", known.headers().firstValue("ETag").orElseThrow());
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String status() {
        return stage.commands().run("migration", "status", "poisoned");
    }

    private boolean reads(int tenant) throws SQLException {
        return stage.table()
                .texts("select backfleet.flag('poisoned', '" + tenant + "')::text")
                .contains("true");
    }
}
