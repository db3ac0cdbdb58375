/** What a job does to the rows of its table: the kinds of work, as values. */
@NullMarked
package dev.backfleet.common.job.kind;

import org.jspecify.annotations.NullMarked;
