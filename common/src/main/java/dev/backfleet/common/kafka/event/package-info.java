/** The events topic: reports that may be lost, written without blocking and read from the end. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.kafka.event;
