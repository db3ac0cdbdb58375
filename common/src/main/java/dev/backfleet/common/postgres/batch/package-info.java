/** The text of the statement that is a batch: workers run it, and a submission asks PostgreSQL about it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.postgres.batch;
