package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.coordinator.migration.Migration;

/**
 * A migration and the lines of its keys in the file.
 *
 * @param migration the migration
 * @param locations the lines, so that problems that are found later can name them
 */
public record ParsedMigration(Migration migration, SpecLocations locations) {}
