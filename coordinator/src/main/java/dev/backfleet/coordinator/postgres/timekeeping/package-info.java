/** The time of jobs by cause, and samples of them: {@code backfleet.job_clock}, {@code job_time} and {@code sample}. */
@NullMarked
package dev.backfleet.coordinator.postgres.timekeeping;

import org.jspecify.annotations.NullMarked;
