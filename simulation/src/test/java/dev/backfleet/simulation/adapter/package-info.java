/** The coordinator's ports and the statements of operators, carried out on the simulated PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.adapter;
