/** Coordinator and workers on a virtual clock, against a simulated PostgreSQL and Kafka. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation;
