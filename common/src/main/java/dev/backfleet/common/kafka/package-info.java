/** Access to Kafka: settings, topic names, clients with time and memory limits, and clear messages for failures. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.kafka;
