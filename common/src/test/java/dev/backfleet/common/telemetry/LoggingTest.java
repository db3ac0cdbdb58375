package dev.backfleet.common.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.common.settings.LogFormat;
import dev.backfleet.common.settings.LogLevel;
import dev.backfleet.common.settings.typed.LogSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.KeyValuePair;

/** The format of log lines, and which lines are logged. */
class LoggingTest {
    private static final LoggedService SERVICE = LoggedService.worker("1.2.3", "w-1");

    private final LoggerContext context = new LoggerContext();

    LoggingTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @Test
    void a_plain_line_is_time_level_logger_message_and_key_values() {
        var line = encoded(new PlainLineEncoder(false), event("shard claimed", null, "job", 1L, "worker", "w 1"));

        assertThat(line).isEqualTo("2026-01-02T03:04:05.006Z INFO  Claim: shard claimed job=1 worker=\"w 1\"\n");
    }

    @Test
    void the_thread_is_shown_by_request() {
        var line = encoded(new PlainLineEncoder(true), event("shard claimed", null));

        assertThat(line).isEqualTo("2026-01-02T03:04:05.006Z INFO  [slot-1] Claim: shard claimed\n");
    }

    @Test
    void no_value_can_forge_a_plain_line() {
        var failure = new IllegalStateException("bad\n2026-01-02T03:04:05.006Z ERROR forged");
        var lines = encoded(
                new PlainLineEncoder(false),
                event("a\nb", failure, "k\n1", "x\r\n2026 \u001b[31m\u2028\"quoted\" \\", "empty", "", "none", null));

        assertThat(lines.lines().toList())
                .startsWith(
                        "2026-01-02T03:04:05.006Z INFO  Claim: a\\nb k\\n1=\"x\\r\\n2026 \\u001b[31m\\u2028\\\"quoted\\\""
                                + " \\\\\" empty=\"\" none=null",
                        "    java.lang.IllegalStateException: bad",
                        "    2026-01-02T03:04:05.006Z ERROR forged")
                .filteredOn(line -> !line.startsWith("    "))
                .hasSize(1);
    }

    @Test
    void a_json_line_has_the_key_values_as_fields() throws IOException {
        var event = event(
                "shard \"claimed\"\n",
                null,
                "job",
                1L,
                "ratio",
                0.5,
                "ok",
                true,
                "nothing",
                null,
                "nan",
                Double.NaN,
                "at",
                Instant.EPOCH,
                "message",
                "mine",
                "job",
                "again");

        var line = encoded(new JsonLineEncoder(SERVICE), event);

        assertThat(line)
                .isEqualTo("{\"@timestamp\":\"2026-01-02T03:04:05.006Z\",\"log.level\":\"INFO\","
                        + "\"message\":\"shard \\\"claimed\\\"\\n\",\"ecs.version\":\"8.17.0\","
                        + "\"service.name\":\"backfleet-worker\",\"service.version\":\"1.2.3\",\"service.node.name\":\"w-1\","
                        + "\"event.dataset\":\"backfleet-worker\",\"log.logger\":\"dev.backfleet.worker.Claim\","
                        + "\"process.thread.name\":\"slot-1\",\"backfleet.job.id\":1,\"backfleet.ratio\":0.5,\"backfleet.ok\":true,"
                        + "\"backfleet.nothing\":null,\"backfleet.nan\":\"NaN\",\"backfleet.at\":\"1970-01-01T00:00:00Z\","
                        + "\"backfleet.message\":\"mine\",\"backfleet.job.id_\":\"again\"}\n");
    }

    @Test
    void what_is_logged_has_a_name_of_the_schema_or_one_of_our_own() throws IOException {
        var line = encoded(
                new JsonLineEncoder(SERVICE),
                event("statement failed", null, "code", "23514", "cause", "no", "taskQueue", "SHARE", "pid", 17));

        assertThat(line)
                .endsWith("\"error.code\":\"23514\",\"error.message\":\"no\",\"backfleet.task_queue\":\"SHARE\","
                        + "\"process.pid\":17}\n");
    }

    @Test
    void an_action_is_a_field_with_its_outcome_and_no_word_of_a_plain_line() {
        var event =
                event("shard done", null, "action", EventAction.SHARD_DONE, "took", Duration.ofMillis(1500), "rows", 7);

        assertThat(encoded(new JsonLineEncoder(SERVICE), event))
                .endsWith("\"event.action\":\"shard-done\",\"event.outcome\":\"success\","
                        + "\"event.duration\":1500000000,\"backfleet.rows\":7}\n");
        assertThat(encoded(new PlainLineEncoder(false), event)).endsWith("shard done took=1500ms rows=7\n");
    }

    @Test
    void the_page_of_log_fields_is_current() {
        GeneratedPage.assertCurrent("docs/reference/logs.md", LogField.page());
    }

    @Test
    void a_json_line_has_the_exception_as_text() throws IOException {
        var line = encoded(new JsonLineEncoder(SERVICE), event("failed", new IllegalStateException("bad")));

        assertThat(line.lines()).hasSize(1);
        var fields = new ObjectMapper().readTree(line);
        assertThat(fields.get("error.type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(fields.get("error.stack_trace").asText()).startsWith("java.lang.IllegalStateException: bad\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        info  | dev.backfleet.x    | INFO
        info  | org.apache.kafka.x | WARN
        info  | com.zaxxer.hikari  | ERROR
        debug | com.zaxxer.hikari  | INFO
        info  | org.flywaydb       | INFO
        error | org.apache.kafka.x | ERROR
        debug | dev.backfleet.x    | DEBUG
        debug | org.apache.kafka.x | INFO
        trace | dev.backfleet.x    | TRACE
        """)
    void a_service_logs_as_set_and_its_libraries_less(String set, String logger, String least) {
        var settings = new LogSettings(LogFormat.PLAIN, LogLevel.valueOf(set.toUpperCase(java.util.Locale.ROOT)));
        Logging.configure(context, Logging.Plan.service(settings, SERVICE).to(new ByteArrayOutputStream()));

        assertThat(context.getLogger(logger).getEffectiveLevel()).isEqualTo(Level.toLevel(least));
    }

    @ParameterizedTest
    @CsvSource({
        "false, dev.backfleet.x, WARN",
        "false, org.apache.kafka.x, OFF",
        "false, com.zaxxer.hikari, OFF",
        "false, other, WARN",
        "true, dev.backfleet.x, DEBUG",
        "true, org.apache.kafka.x, INFO",
        "true, other, INFO"
    })
    void a_command_logs_warnings_and_nothing_of_the_clients(boolean verbose, String logger, String least) {
        Logging.configure(context, Logging.Plan.command(verbose).to(new ByteArrayOutputStream()));

        assertThat(context.getLogger(logger).getEffectiveLevel()).isEqualTo(Level.toLevel(least));
    }

    @Test
    void configuring_again_replaces_what_was() {
        var first = new ByteArrayOutputStream();
        var second = new ByteArrayOutputStream();
        Logging.configure(context, Logging.Plan.command(false).to(first));
        Logging.configure(
                context,
                Logging.Plan.service(new LogSettings(LogFormat.JSON, LogLevel.INFO), SERVICE)
                        .to(second));

        context.getLogger("x").atInfo().addKeyValue("job", 1).log("shard claimed");

        assertThat(first.size()).isZero();
        assertThat(second.toString(StandardCharsets.UTF_8))
                .contains("\"message\":\"shard claimed\"", "\"backfleet.job.id\":1}")
                .endsWith("\n");
    }

    @Test
    void logback_starts_without_its_own_debug_output() {
        var fresh = new LoggerContext();
        new StartupConfigurator().configure(fresh);

        assertThat(fresh.getLogger(Logger.ROOT_LOGGER_NAME).getLevel()).isEqualTo(Level.WARN);
        assertThat(org.slf4j.LoggerFactory.getLogger("anything").isDebugEnabled())
                .isFalse();
    }

    private LoggingEvent event(String message, @Nullable Throwable failure, @Nullable Object... pairs) {
        var logger = context.getLogger("dev.backfleet.worker.Claim");
        var event = new LoggingEvent("", logger, Level.INFO, message, failure, null);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
        event.setThreadName("slot-1");
        for (var i = 0; i < pairs.length; i += 2) {
            event.addKeyValuePair(new KeyValuePair((String) pairs[i], pairs[i + 1]));
        }
        return event;
    }

    private static String encoded(Encoder<ch.qos.logback.classic.spi.ILoggingEvent> encoder, LoggingEvent event) {
        assertThat(List.of(encoder.headerBytes(), encoder.footerBytes())).allMatch(bytes -> bytes.length == 0);
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }
}
