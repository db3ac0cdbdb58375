package dev.backfleet.common.job;

import dev.backfleet.common.job.kind.Comparison;

/**
 * The five operators of a key column, taken from the operator class of the key's index, each with its schema, so that
 * the search path does not matter.
 *
 * @param less before
 * @param lessOrEqual before or equal
 * @param equal equal
 * @param greaterOrEqual after or equal
 * @param greater after
 */
public record KeyOperators(String less, String lessOrEqual, String equal, String greaterOrEqual, String greater) {

    public String of(Comparison comparison) {
        return switch (comparison) {
            case LESS -> less;
            case LESS_OR_EQUAL -> lessOrEqual;
            case EQUAL -> equal;
            case GREATER_OR_EQUAL -> greaterOrEqual;
            case GREATER -> greater;
        };
    }
}
