/** How every part reaches Kafka: settings, topics and their setup, clients with sane limits, and clear words for failures. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.kafka;
