/** The spec that a person writes, and the problems that are reported for an invalid one. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.spec;
