/** The control topic: a reader that never misses a pause, and a publisher. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.kafka.control;
