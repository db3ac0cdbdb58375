/** The root of this module. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.benchmark;
