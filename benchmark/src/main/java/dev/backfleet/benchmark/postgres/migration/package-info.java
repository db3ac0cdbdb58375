/** An application beside a change of its table's definition. */
@NullMarked
package dev.backfleet.benchmark.postgres.migration;

import org.jspecify.annotations.NullMarked;
