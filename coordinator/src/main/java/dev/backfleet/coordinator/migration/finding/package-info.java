/** What a person should know about a migration before it is applied, and its page in the documents. */
@NullMarked
package dev.backfleet.coordinator.migration.finding;

import org.jspecify.annotations.NullMarked;
