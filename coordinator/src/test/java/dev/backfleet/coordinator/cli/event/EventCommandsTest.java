package dev.backfleet.coordinator.cli.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.operation.Bench;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What events and webhooks say, through the whole command line on a real PostgreSQL, without a coordinator and without Kafka. */
@Tag("server")
class EventCommandsTest {
    private final Bench bench = new Bench();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void aJob() {
        bench.job("");
        bench.rows.execute("update backfleet.job set state = 'HALTED', error = '22012: division by zero'");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of("BACKFLEET_DATABASE_URL", bench.rows.url()),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void events_that_nobody_has_published_yet_are_shown() throws IOException {
        assertThat(run("events", "j")).as(err.toString()).isZero();
        assertThat(out.toString().lines().map(line -> line.substring(25).replaceAll(" +", " ")))
                .containsExactly(
                        "TYPE BY WHAT",
                        "job.proposed - j was submitted",
                        "job.planned - j is planned",
                        "job.started - j has started",
                        "job.halted - j has HALTED, and waits for somebody: 22012: division by zero");
        assertThat(run("events", "--type", "job.h*", "--limit", "1", "-o", "json"))
                .isZero();
        var events = new ObjectMapper().readTree(out.toString());
        assertThat(events).hasSize(1);
        assertThat(events.get(0).path("type").asText()).isEqualTo("dev.backfleet.job.halted.v1");
        assertThat(events.get(0).path("data").path("after").asText()).isEqualTo("HALTED");
    }

    @Test
    void what_is_wrong_is_said_with_its_exit_code() {
        assertThat(run("events", "none")).isEqualTo(5);
        assertThat(run("events", "--type", "job.exploded")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no type of events job.exploded");
        assertThat(run("events", "--limit", "0")).isEqualTo(2);
        assertThat(run("webhooks", "--test")).isEqualTo(2);
        assertThat(run("webhooks", "none", "--test")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no webhook none", "BACKFLEET_WEBHOOKS_FILE");
        assertThat(run("webhooks", "none", "--resend", "x")).isEqualTo(2);
        assertThat(run("webhooks", "none", "--resend", "1", "--test")).isEqualTo(2);
    }

    @Test
    void webhooks_and_their_messages_are_listed_without_what_may_be_a_secret() {
        assertThat(run("webhooks")).isZero();
        assertThat(out.toString()).startsWith("no webhooks: name a file with BACKFLEET_WEBHOOKS_FILE");
        bench.rows.execute("insert into backfleet.webhook (name, place, format, types, failing_since, failure) "
                + "values ('chat', 'https://chat.example', 'slack', '{job.*}', now(), 'it answered 500')");
        bench.rows.execute(
                "insert into backfleet.webhook_delivery (webhook, event, job_id, state, attempts, outcome) "
                        + "select 'chat', id, job_id, 'FAILED', 7, 'it answered 500' from backfleet.outbox where type = 'job.halted'");
        assertThat(run("webhooks")).isZero();
        assertThat(out.toString()).contains("chat", "failing", "https://chat.example", "it answered 500, since ");
        assertThat(run("webhooks", "chat")).isZero();
        assertThat(out.toString()).contains("job.halted", "failed", "j ");
        assertThat(run("webhooks", "chat", "--resend", "failed"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).startsWith("1 message is sent again");
        assertThat(bench.ask("select state from backfleet.webhook_delivery")).isEqualTo("PENDING");
    }
}
