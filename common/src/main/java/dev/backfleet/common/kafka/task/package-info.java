/** Tasks over Kafka: two task queues, the publisher, and the record format that they share. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.kafka.task;
