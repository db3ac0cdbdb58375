/** Values that are stored in the control schema as JSON, and outlive the release that wrote them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.stored;
