/** The calls of the control schema's functions for flags. */
@NullMarked
package dev.backfleet.openfeature.postgres;

import org.jspecify.annotations.NullMarked;
