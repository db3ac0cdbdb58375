/** What goes wrong, in words for a person, whoever shows it: a command line, a log or an API. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.failure;
