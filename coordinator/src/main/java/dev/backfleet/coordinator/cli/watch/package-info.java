/** Following a job until it finishes, on a screen or line by line. */
@NullMarked
package dev.backfleet.coordinator.cli.watch;

import org.jspecify.annotations.NullMarked;
