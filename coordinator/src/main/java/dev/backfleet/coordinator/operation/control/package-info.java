/** Operations that stop work and let it resume: pause, resume and cancel, for a tenant, a job or the fleet. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.operation.control;
