package dev.backfleet.common.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The settings of producers whose records matter. */
public final class ReliableProducer {
    private ReliableProducer() {}

    /** Every replica has it, once, in order; little memory; known within 15 s, and blocking for a second at most. */
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
