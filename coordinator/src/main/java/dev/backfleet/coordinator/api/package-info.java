/** The API: its resources, and what each answers. It knows no HTTP server. */
@NullMarked
package dev.backfleet.coordinator.api;

import org.jspecify.annotations.NullMarked;
