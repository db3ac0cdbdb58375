/** What a batch changes and counts, up to which bound, and how it gives way to the application. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.postgres.batch;
