/** The command line's face of the actions: arguments in, tables and JSON out. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.cli;
