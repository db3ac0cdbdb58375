/** The pages of the console: each is a function of records that the command line prints, too. It knows no HTTP server. */
@NullMarked
package dev.backfleet.coordinator.console;

import org.jspecify.annotations.NullMarked;
