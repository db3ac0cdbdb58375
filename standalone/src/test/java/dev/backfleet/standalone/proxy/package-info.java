/** A TCP proxy that does to connections what networks do; it understands the REST API of Toxiproxy. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.proxy;
