/** The worker as a whole: its parts put together, and the command that runs it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker;
