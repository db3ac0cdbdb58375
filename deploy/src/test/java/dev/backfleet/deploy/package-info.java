/** Holds the files that deploy Backfleet to the code that they deploy. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.deploy;
