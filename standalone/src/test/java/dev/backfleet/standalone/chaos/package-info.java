/** Chaos, for real: processes and servers that are killed, frozen and cut off by a seed, and every row proven. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.chaos;
