package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.remote.WatchedJob;
import dev.backfleet.coordinator.report.MapReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A job that is watched by way of a coordinator, without the database. */
@Tag("server")
class WatchOverServerTest {
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ServedFleet served;

    private static long job;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void fill() {
        var bench = new Bench();
        job = bench.job("rollout: [50, 100]\n");
        bench.quarantine(3, 4);
        bench.rows.worker("w-1", true);
        bench.state("FAILED");
        bench.rows.execute("update backfleet.job set error = 'no' where id = ?", job);
        served = new ServedFleet(bench.rows, Map.of());
    }

    @AfterAll
    static void close() {
        served.close();
    }

    private int run(Map<String, String> environment, String... arguments) {
        var commands = BackfleetCommandLine.create(Backfleet.root(arguments), environment);
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void the_command_shows_the_job_and_ends_as_it_would_with_the_database() {
        assertThat(run(
                        Map.of("TERM", "dumb"),
                        "watch",
                        "j",
                        "--server",
                        served.uri("").toString()))
                .as(err.toString())
                .isEqualTo(1);
        assertThat(out.toString()).contains("FAILED");
        assertThat(err.toString()).contains("job j (id " + job + ") FAILED: no");
    }

    @Test
    void the_server_may_be_named_by_the_environment_and_its_refusals_are_those_of_the_command() {
        var environment = Map.of("BACKFLEET_SERVER", served.uri("/").toString());
        assertThat(run(environment, "watch", "nothing")).isEqualTo(5);
        assertThat(err.toString()).contains("no job nothing");
    }

    @Test
    void what_is_no_server_is_said() {
        assertThat(run(Map.of(), "watch", "j", "--server", "localhost:8480")).isEqualTo(2);
        assertThat(err.toString()).contains("'localhost:8480' is no server; write http://HOST:PORT");
        assertThat(run(Map.of(), "watch", "j", "--server", "http://127.0.0.1:1"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("server http://127.0.0.1:1: it does not answer");
    }

    @Test
    void the_records_are_those_of_the_database() {
        try (var watched = WatchedJob.open(served.uri(""), "j", Sleeper.system())) {
            var stored =
                    new PostgresQueries(served.rows.database()).snapshot(job).orElseThrow();
            var told = watched.snapshot();
            assertThat(JsonOutput.render(MapReport.of(told))).isEqualTo(JsonOutput.render(MapReport.of(stored)));
            assertThat(told.workers()).hasSameSizeAs(stored.workers());
            assertThat(told.map()).isEqualTo(stored.map());
        }
    }
}
