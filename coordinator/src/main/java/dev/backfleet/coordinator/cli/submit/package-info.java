/** The commands that plan and submit a spec: where they read it, and what they print. */
@NullMarked
package dev.backfleet.coordinator.cli.submit;

import org.jspecify.annotations.NullMarked;
