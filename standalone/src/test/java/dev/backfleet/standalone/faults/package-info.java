/** The promises under faults, end to end: real processes, real servers. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.faults;
