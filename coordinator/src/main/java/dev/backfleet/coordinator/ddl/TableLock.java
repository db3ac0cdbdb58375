package dev.backfleet.coordinator.ddl;

import dev.backfleet.common.sql.TableName;

/**
 * A lock that a statement takes.
 *
 * @param table the table, with its schema
 * @param mode how
 */
public record TableLock(TableName table, LockMode mode) {}
