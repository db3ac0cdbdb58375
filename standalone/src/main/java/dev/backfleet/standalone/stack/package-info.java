/** Servers and fleet on this machine: started together, ended in order. */
@NullMarked
package dev.backfleet.standalone.stack;

import org.jspecify.annotations.NullMarked;
