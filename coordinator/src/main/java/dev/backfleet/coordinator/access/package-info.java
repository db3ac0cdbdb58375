/** Who sends a request over HTTP, and what that one may do. */
@NullMarked
package dev.backfleet.coordinator.access;

import org.jspecify.annotations.NullMarked;
