package dev.backfleet.common.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import dev.backfleet.common.settings.LogFormat;
import dev.backfleet.common.settings.LogLevel;
import dev.backfleet.common.settings.typed.LogSettings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Of what Kafka's client warns of in an outage, the first line is logged, and their number when it is over. */
class KafkaClientLogTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private Duration now = Duration.ofHours(1);
    private final Logger client = context.getLogger("org.apache.kafka.clients.NetworkClient");

    /** What the other tests of this JVM log with. */
    @AfterEach
    void asBefore() {
        Logging.forCommand(false);
    }

    private void service(LogLevel level) {
        Logging.configure(
                context,
                Logging.Plan.service(new LogSettings(LogFormat.PLAIN, level), LoggedService.worker("1.2.3", "w-1"))
                        .to(out));
        if (context.getTurboFilterList().removeIf(KafkaClientLog.class::isInstance)) {
            var filter = new KafkaClientLog(() -> now);
            filter.start();
            context.addTurboFilter(filter);
        }
    }

    /** The lines without their time. */
    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceFirst("^\\S+ ", ""))
                .toList();
    }

    @Test
    void an_outage_is_two_lines_whatever_the_client_says() {
        service(LogLevel.INFO);
        for (var i = 0; i < 251; i++) {
            client.warn("[Consumer clientId={}] Connection to node {} could not be established", "w", -1);
            KafkaClientLog.kafkaAnswers();
            now = now.plusMillis(60);
        }
        now = now.plus(KafkaClientLog.QUIET);
        KafkaClientLog.kafkaAnswers();
        KafkaClientLog.kafkaAnswers();
        assertThat(lines())
                .containsExactly(
                        "WARN  KafkaClientLog: Kafka's client reports a problem; its further messages are counted until it reports "
                                + "none seconds=0 messages=1 logger=NetworkClient message=\"[Consumer clientId=w] "
                                + "Connection to node -1 could not be established\"",
                        "WARN  KafkaClientLog: Kafka's client reports no problem any more seconds=15 messages=251");
    }

    @Test
    void an_error_after_warnings_is_logged_once_too_with_its_cause_and_no_stack_trace() {
        service(LogLevel.INFO);
        client.warn("disconnected");
        client.error("authentication failed", new IllegalStateException("no such user"));
        client.error("authentication failed", new IllegalStateException("no such user"));
        assertThat(lines()).hasSize(2).last().satisfies(line -> assertThat(line)
                .startsWith("ERROR ")
                .contains("messages=2", "cause=\"java.lang.IllegalStateException: no such user\""));
    }

    @Test
    void a_long_outage_is_told_again_every_ten_minutes_with_the_count() {
        service(LogLevel.INFO);
        for (var i = 0; i < 21; i++) {
            client.warn("disconnected");
            now = now.plus(Duration.ofMinutes(1));
        }
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(2)).contains("seconds=1200 messages=21");
    }

    @Test
    void with_details_every_line_is_logged() {
        service(LogLevel.DEBUG);
        client.warn("disconnected");
        client.warn("disconnected");
        assertThat(lines()).hasSize(2).allMatch(line -> line.contains("NetworkClient: disconnected"));
    }

    @Test
    void other_loggers_and_mere_questions_are_left_alone() {
        var filter = new KafkaClientLog(() -> now);
        var other = context.getLogger("org.apache.kafk");
        assertThat(filter.decide(null, other, Level.WARN, "x", null, null)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(filter.decide(null, client, Level.INFO, "x", null, null)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(filter.decide(null, client, Level.WARN, null, null, null)).isEqualTo(FilterReply.DENY);
        now = now.plus(KafkaClientLog.QUIET);
        KafkaClientLog.kafkaAnswers();
        assertThat(lines()).isEmpty();
    }
}
