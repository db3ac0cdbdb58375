/** Quantities as people write them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.unit;
