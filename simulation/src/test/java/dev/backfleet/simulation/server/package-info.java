/** The simulated PostgreSQL: the statements of workers, connections to it, and the contracts that it keeps. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.server;
