/** Operations on rows in quarantine: retry them, replace the expressions that refused them, or dismiss them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.operation.quarantine;
