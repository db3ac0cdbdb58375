package dev.backfleet.coordinator.operation.derived;

import dev.backfleet.common.job.kind.ComparedColumn.Equality;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog says of a column, for a comparison.
 *
 * @param number its attribute number
 * @param type its type, written so that a cast to it works under any search path
 * @param equality how two of its values are compared
 * @param operator the operator, if it is {@link Equality#OPERATOR}
 */
public record ColumnFacts(
        String name,
        int number,
        String type,
        Equality equality,
        @Nullable String operator) {}
