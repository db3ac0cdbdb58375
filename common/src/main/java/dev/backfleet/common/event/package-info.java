/** Events: reports of what happened, for prompt reaction and for integrations. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.event;
