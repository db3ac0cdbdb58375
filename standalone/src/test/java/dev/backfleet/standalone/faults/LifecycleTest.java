package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.standalone.event.EventValidation;
import dev.backfleet.standalone.process.FleetProcess;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What others are told of a job of a whole fleet. */
@Tag("long")
@Tag("staged")
class LifecycleTest {
    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private final EventValidation validation = new EventValidation();
    private final ObjectMapper json = new ObjectMapper();
    private Stage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = SHARED.ready();
    }

    @AfterEach
    void calm() throws SQLException {
        stage.calm();
    }

    @Test
    void each_event_of_a_job_is_on_the_topic_in_order_and_of_its_schema() throws Exception {
        var job = stage.submit("told", "set: { n: n + 1 }\nrate: 40000\n");
        stage.awaitChanged(job, SharedStage.ROWS / 20);
        stage.commands().run("pause", "told", "--reason", "deploy");
        // Whoever leads next tells what this one may not have told.
        Stage.alive(stage.stack().coordinators()).forEach(FleetProcess::kill);
        stage.stack().addCoordinator();
        stage.commands().run("resume", "told");
        stage.awaitState(job, "SUCCEEDED");
        Stage.awaitTrue(
                () -> stage.table().number("select count(*) from backfleet.outbox where published_at is null") == 0);

        var told = new LinkedHashMap<String, String>();
        for (var record : records()) {
            var type = header(record, "ce_type");
            assertThat(validation.errors(header(record, "ce_dataschema"), json.readTree(record.value())))
                    .as(type)
                    .isEmpty();
            if (record.key().equals("jobs/" + job)) {
                var data = json.readTree(record.value());
                assertThat(data.path("status").path("id").asLong()).isEqualTo(job);
                // A repetition has the same id.
                told.putIfAbsent(
                        header(record, "ce_id"), type + " " + data.path("after").asText());
            }
        }
        // A job that the throttle holds back meanwhile is told of, too.
        assertThat(told.values())
                .filteredOn(event -> !event.contains("held") && !event.contains("released"))
                .containsExactly(
                        "dev.backfleet.job.proposed.v1 PLANNING",
                        "dev.backfleet.job.planned.v1 RUNNING",
                        "dev.backfleet.job.started.v1 RUNNING",
                        "dev.backfleet.job.paused.v1 PAUSED",
                        "dev.backfleet.job.resumed.v1 RUNNING",
                        "dev.backfleet.job.succeeded.v1 SUCCEEDED");
        assertThat(told.keySet().stream().map(Long::valueOf)).isSorted();
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private List<ConsumerRecord<String, String>> records() {
        Map<String, Object> config =
                Map.of("bootstrap.servers", stage.stack().kafka().bootstrapServers());
        var partition = new TopicPartition("backfleet.lifecycle", 0);
        var records = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
