/** Commands about what other commands work with: contexts, settings, servers, the shell. */
@NullMarked
package dev.backfleet.coordinator.cli.environment;

import org.jspecify.annotations.NullMarked;
