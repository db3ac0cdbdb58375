package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pause, cancel and resume say what is true, also without Kafka, and without any server. */
@Tag("server")
class WithoutServersTest {
    private static final String NOBODY = "127.0.0.1:1";

    private final ControlRows rows = new ControlRows();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private long job;

    @BeforeEach
    void aJob() {
        job = rows.job("j", "RUNNING");
    }

    @AfterEach
    void close() {
        rows.close();
    }

    private int run(String databaseUrl, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of(
                        "BACKFLEET_DATABASE_URL", databaseUrl,
                        "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", NOBODY,
                        "BACKFLEET_START_TIMEOUT", "0s"),
                new ConnectionFailures(),
                new KafkaFailureTranslator());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private String state() {
        return rows.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select state from backfleet.job where id = :job")
                .bind("job", job)
                .mapTo(String.class)
                .one());
    }

    @Test
    void without_kafka_a_pause_holds_and_a_resume_is_stored_but_not_in_effect() {
        assertThat(run(rows.url(), "pause", "j")).as(err.toString()).isZero();
        assertThat(out.toString()).startsWith("paused j within ");
        assertThat(err.toString()).contains("the workers could not be informed over Kafka", "PostgreSQL rejects");
        assertThat(state()).isEqualTo("PAUSED");

        assertThat(run(rows.url(), "resume", "j")).isEqualTo(ExitCode.CANNOT_CONNECT.code());
        assertThat(out.toString()).isEqualTo("resumed j\n");
        assertThat(err.toString()).contains("the resume is stored", "they stay stopped until the leading coordinator");
        assertThat(state()).isEqualTo("RUNNING");

        assertThat(run(rows.url(), "cancel", "j")).as(err.toString()).isZero();
        assertThat(out.toString()).startsWith("cancelled j within ");
        assertThat(state()).isEqualTo("CANCELLED");
    }

    @Test
    void without_any_server_nothing_is_done_and_that_is_said() {
        var nowhere = "postgresql://postgres@" + NOBODY + "/nowhere";
        assertThat(run(nowhere, "pause", "7")).isEqualTo(ExitCode.CANNOT_CONNECT.code());
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("NOT").doesNotContain("is published");
        assertThat(run(nowhere, "resume", "7")).isEqualTo(ExitCode.CANNOT_CONNECT.code());
        assertThat(out.toString()).isEmpty();
    }
}
