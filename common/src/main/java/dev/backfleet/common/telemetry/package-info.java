/** What a process tells about itself: its log. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.telemetry;
