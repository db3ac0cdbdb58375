/**
 * Operations that a person can request: one class for each, which takes an {@link Actor}, checks, changes, audits, and returns a
 * result or throws an {@link OperationRefused}. None of them depends on the command line.
 */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.operation;
