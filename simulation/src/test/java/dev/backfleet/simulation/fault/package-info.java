/** What can go wrong: faults that a seed decides, deliberate bugs, and broken guarantees. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.fault;
