/** The commands: parse arguments, call operations and queries, print tables and JSON. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.cli;
