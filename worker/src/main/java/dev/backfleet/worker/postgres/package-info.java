/** Every statement that a worker sends to PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.postgres;
