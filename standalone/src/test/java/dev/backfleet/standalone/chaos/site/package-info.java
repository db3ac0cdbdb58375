/** The servers of a run, their failovers, and the coordinators and workers that are started again whenever they are gone. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.chaos.site;
