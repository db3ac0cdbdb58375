/** What happened: reports for prompt reaction and for people who build on them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.event;
