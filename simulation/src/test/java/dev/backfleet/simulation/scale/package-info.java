/** Models of large fleets: the deciding code, on tables that only count statements. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.simulation.scale;
