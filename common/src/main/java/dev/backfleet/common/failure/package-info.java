/** Failures in words for a person, for every output: command line, log or API. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.failure;
