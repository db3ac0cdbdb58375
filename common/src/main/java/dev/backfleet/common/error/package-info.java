/** How PostgreSQL's errors are handled, by where they were raised, and how they are shown without row values. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.error;
