/** The comparison of what live traffic feels beside a backfill: the traffic itself, what is kept of it, what is printed. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.benchmark.live;
