/** A one-node Kafka cluster as a child process. */
@NullMarked
package dev.backfleet.embedded.kafka;

import org.jspecify.annotations.NullMarked;
