/** The command that submits a spec: where it reads the spec, and what it prints. */
@NullMarked
package dev.backfleet.coordinator.cli.submit;

import org.jspecify.annotations.NullMarked;
