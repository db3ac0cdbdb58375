package dev.backfleet.coordinator.migration.step;

/**
 * Why a migration cannot be applied to its table.
 *
 * @param place the part of the file that it is about, such as {@code finish.index.customers_names}, or {@code table}
 * @param what what is wrong, as a clause
 * @param remedy what to do, as a clause
 */
public record StepRefusal(String place, String what, String remedy) {}
