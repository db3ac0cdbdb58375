/**
 * What a person can ask for: one class for each, which takes an {@link Actor}, checks, changes, audits, and answers with a
 * result or an {@link OperationRefused}. None of them knows a command line.
 */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.operation;
