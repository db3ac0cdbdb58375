/** Commands that look at one job in detail, and change nothing. */
@NullMarked
package dev.backfleet.coordinator.cli.inspect;

import org.jspecify.annotations.NullMarked;
