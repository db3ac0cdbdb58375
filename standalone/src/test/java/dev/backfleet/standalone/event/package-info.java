/** What is published of events, against its schemas. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.event;
