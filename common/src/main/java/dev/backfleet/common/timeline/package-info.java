/** Determines the current primary among servers of the same system: the one on the highest timeline. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.timeline;
