/** The duty of letting jobs go on that paused themselves, when what they paused for is over. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.coordinator.recover;
