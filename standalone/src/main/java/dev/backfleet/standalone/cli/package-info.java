/** The commands that need embedded servers. */
@NullMarked
package dev.backfleet.standalone.cli;

import org.jspecify.annotations.NullMarked;
