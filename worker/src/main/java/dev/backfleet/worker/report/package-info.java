/** Telling others what the worker does: heartbeats and events. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.report;
