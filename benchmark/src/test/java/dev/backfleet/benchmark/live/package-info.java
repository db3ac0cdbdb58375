/** The comparison of what live traffic feels, without any server. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.benchmark.live;
