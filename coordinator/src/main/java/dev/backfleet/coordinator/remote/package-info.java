/** The answers of a coordinator's API, as the queries give them: for commands that have no database. */
@NullMarked
package dev.backfleet.coordinator.remote;

import org.jspecify.annotations.NullMarked;
