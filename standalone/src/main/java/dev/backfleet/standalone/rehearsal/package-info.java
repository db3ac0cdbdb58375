/** A whole job, small, on servers of its own. */
@NullMarked
package dev.backfleet.standalone.rehearsal;

import org.jspecify.annotations.NullMarked;
