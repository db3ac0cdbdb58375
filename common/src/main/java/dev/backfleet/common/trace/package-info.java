/** Spans of what happens to jobs and shards, for OpenTelemetry; the only package that knows its libraries. */
@NullMarked
package dev.backfleet.common.trace;

import org.jspecify.annotations.NullMarked;
