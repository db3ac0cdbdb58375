/** What a job would do, and what a person should know before it is submitted. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.query.plan;
