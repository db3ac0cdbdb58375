/** The processes of a fleet, the application and the operators, and the simulated Kafka between them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.process;
