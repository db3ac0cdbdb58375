/** What the commands share: the connection to the database, and the arguments that several take. */
@NullMarked
package dev.backfleet.coordinator.cli.session;

import org.jspecify.annotations.NullMarked;
