/** The rows of the simulated PostgreSQL, the locks on them, and what the checks know of each. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.row;
