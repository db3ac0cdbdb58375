/** What the command line prints with {@code -o json} and the API answers, where that is more than the answer of one query. */
@NullMarked
package dev.backfleet.coordinator.report;

import org.jspecify.annotations.NullMarked;
