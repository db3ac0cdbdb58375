/** Spans of what the leading coordinator does with jobs: decorators around ports. */
@NullMarked
package dev.backfleet.coordinator.trace;

import org.jspecify.annotations.NullMarked;
