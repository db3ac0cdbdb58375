/** Whether the worker is alive and accepts tasks: heartbeats, and the probe of the database. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.report;
