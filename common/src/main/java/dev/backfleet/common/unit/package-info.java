/** Parsing and formatting of quantities, with messages for invalid ones. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.unit;
