/** The metrics that workers and coordinators publish: one catalogue, from which meters and the reference page are made. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.metric;
