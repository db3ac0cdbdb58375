/** The server of the API: it puts the resources on the paths of an HTTP server. The only package that knows that one. */
@NullMarked
package dev.backfleet.coordinator.serve;

import org.jspecify.annotations.NullMarked;
