package dev.backfleet.coordinator.migration.export;

/**
 * A file of an export.
 *
 * @param path its path below the directory, with {@code /}
 * @param text its text
 */
public record ExportedFile(String path, String text) {}
