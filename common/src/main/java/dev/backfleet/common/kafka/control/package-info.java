/** The control topic: reading it so that a pause is never missed, and writing to it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.kafka.control;
