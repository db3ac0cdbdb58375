/** What both embedded servers need of the operating system: directories, locks, ports and processes. */
@NullMarked
package dev.backfleet.embedded.process;

import org.jspecify.annotations.NullMarked;
