/** Long outages of PostgreSQL and of Kafka, and how soon a fleet is at work after them. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.outage;
