package dev.backfleet.common.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The settings of producers whose records must not be lost. */
public final class ReliableProducer {
    private ReliableProducer() {}

    /**
     * A record is acknowledged by all in-sync replicas, once and in order. Little memory is used. The outcome is known
     * within 15 s, and a call blocks for at most 1 s.
     */
    public static Map<String, Object> config() {
        return Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.RETRIES_CONFIG,
                Integer.MAX_VALUE,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                5,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                15_000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                1_000,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                1_048_576L,
                ProducerConfig.BATCH_SIZE_CONFIG,
                16_384,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "none");
    }
}
