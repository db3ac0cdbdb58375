/** The command line and HTTP: the server of a coordinator, and commands that ask one instead of the database. */
@NullMarked
package dev.backfleet.coordinator.cli.http;

import org.jspecify.annotations.NullMarked;
