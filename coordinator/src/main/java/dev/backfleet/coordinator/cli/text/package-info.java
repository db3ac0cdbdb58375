/** What commands print of the results of operations and queries: sentences, tables, and the records of their JSON. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.cli.text;
