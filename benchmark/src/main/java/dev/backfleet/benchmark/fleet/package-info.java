/** The processes that are measured: coordinators and workers. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.benchmark.fleet;
