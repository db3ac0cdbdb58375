/** Values that are stored in the control schema as JSON and must be readable by later releases. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.stored;
