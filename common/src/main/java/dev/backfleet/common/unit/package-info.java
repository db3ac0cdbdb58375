/** What people write for quantities, and what to tell them when it cannot be read. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.unit;
