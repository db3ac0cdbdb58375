/** The control schema as workers find it: older and newer versions, and what the deployment grants. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.postgres.schema;
