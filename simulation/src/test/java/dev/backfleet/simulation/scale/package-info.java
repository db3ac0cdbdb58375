/** Large fleets on paper: the code that decides, on tables that only count. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.scale;
