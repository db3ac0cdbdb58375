/** The text of the batch statement: workers run it, and a submission lets PostgreSQL check it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.postgres.batch;
