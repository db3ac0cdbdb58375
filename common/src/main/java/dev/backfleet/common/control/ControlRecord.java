package dev.backfleet.common.control;

import org.jspecify.annotations.Nullable;

/**
 * A desired state on the control topic. As JSON: {@code {"v":1,"state":"pause","reason":"…","by":"…"}}; the bare words
 * {@code run}, {@code resume}, {@code pause} and {@code cancel} are accepted too, so that any producer can write them.
 *
 * @param state the desired state
 * @param reason why, for the people who read the status
 * @param by who requested it; not verified
 */
public record ControlRecord(
        DesiredState state,
        @Nullable String reason,
        @Nullable String by) {}
