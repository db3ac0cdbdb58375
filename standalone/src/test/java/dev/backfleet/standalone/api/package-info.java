/** The reference page of the API. */
@NullMarked
package dev.backfleet.standalone.api;

import org.jspecify.annotations.NullMarked;
