/** What a person should know about a change before it runs: the kinds of findings, and their page in the documents. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.finding;
