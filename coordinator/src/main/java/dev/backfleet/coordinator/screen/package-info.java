/** How a job's progress looks on a terminal and in a log: texts made of answers, and the drawing in place. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.screen;
