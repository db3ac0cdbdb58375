package dev.backfleet.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.settings.TaskQueueMode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whose settings win in a client. */
class KafkaClientsTest {

    private static KafkaClients clients(Map<String, String> properties) {
        return new KafkaClients(new KafkaSettings("127.0.0.1:1", properties, "p", TaskQueueMode.AUTO), "me");
    }

    @Test
    void client_properties_win_over_defaults_but_not_over_what_correctness_depends_on() {
        var config = clients(Map.of(
                        "reconnect.backoff.ms", "77",
                        "sasl.mechanism", "PLAIN",
                        "acks", "0",
                        "retries", "0",
                        "enable.idempotence", "false",
                        "bootstrap.servers", "elsewhere:1",
                        "request.timeout.ms", "60000",
                        "group.id", "theirs",
                        "transactional.id", "theirs"))
                .config("role", ReliableProducer.config());
        assertThat(config)
                .containsEntry("reconnect.backoff.ms", "77")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("acks", "all")
                .containsEntry("retries", Integer.MAX_VALUE)
                .containsEntry("enable.idempotence", true)
                .containsEntry("bootstrap.servers", "127.0.0.1:1")
                .containsEntry("request.timeout.ms", 5_000)
                .containsEntry("client.id", "me-role")
                .doesNotContainKeys("group.id", "transactional.id");
    }

    @Test
    void every_client_can_be_made_with_properties_meant_for_another() {
        var clients = clients(Map.of(
                "isolation.level", "read_committed",
                "auto.offset.reset", "latest",
                "session.timeout.ms", "9000",
                "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor",
                "max.in.flight.requests.per.connection", "50",
                "delivery.timeout.ms", "1"));
        clients.shareConsumer("a", Map.of("group.id", "g")).close();
        clients.consumer("b", Map.of()).close();
        clients.producer("c", ReliableProducer.config()).close();
        clients.admin("d").close();
    }

    @Test
    void the_settings_print_no_passwords() {
        var properties = Map.of("sasl.jaas.config", "password=\"secret\"");
        var settings = new KafkaSettings("h:1", properties, "p", TaskQueueMode.GROUP);
        assertThat(settings.clientProperties()).containsKey("sasl.jaas.config");
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("secret");
    }
}
