/** The listener on which a coordinator or worker answers for its health and its metrics. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.management;
