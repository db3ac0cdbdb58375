/** The desired state of the fleet, jobs and tenants (run, pause, cancel), and what it permits workers to do. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.control;
