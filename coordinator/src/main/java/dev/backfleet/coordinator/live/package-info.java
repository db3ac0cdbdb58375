/** Who watches a job or the fleet over HTTP, and what those are sent: one look each second for all who watch the same. */
@NullMarked
package dev.backfleet.coordinator.live;

import org.jspecify.annotations.NullMarked;
