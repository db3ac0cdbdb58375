/** Virtual time, and the processes that live in it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.time;
