/** What PostgreSQL's errors mean, judged by where they were raised, and what may be told of them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.error;
