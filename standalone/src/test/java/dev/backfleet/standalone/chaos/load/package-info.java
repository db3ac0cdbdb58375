/** What goes on while faults happen: jobs, the writes of an application, and operators, each with its checks. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.chaos.load;
