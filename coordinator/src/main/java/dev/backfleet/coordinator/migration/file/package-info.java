/** The file of a migration: its keys, how it is read, and the spec of its job that follows from it. */
@NullMarked
package dev.backfleet.coordinator.migration.file;

import org.jspecify.annotations.NullMarked;
