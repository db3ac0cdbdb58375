/** What the measurements mean: medians, ratios, bars, and how they are printed. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.benchmark.report;
