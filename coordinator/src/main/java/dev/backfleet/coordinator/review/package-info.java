/** What a person should know about a job's table and server before the job runs: pure rules over their state. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.review;
