/** Whether a process is alive and ready, as its parts tell it; what is done with that is up to others. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.health;
