/** Every statement that a coordinator and the command line send to PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.postgres;
