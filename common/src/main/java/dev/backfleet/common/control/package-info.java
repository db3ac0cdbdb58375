/** What people want of the fleet and of jobs (run, pause, cancel), and what workers may do because of it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.control;
