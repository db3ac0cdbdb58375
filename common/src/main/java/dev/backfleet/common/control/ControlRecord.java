package dev.backfleet.common.control;

import org.jspecify.annotations.Nullable;

/**
 * One wish on the control topic. As JSON: {@code {"v":1,"state":"pause","reason":"…","by":"…"}}; the bare words
 * {@code run}, {@code resume}, {@code pause} and {@code cancel} are understood too, so that any producer can say them.
 *
 * @param state what is wanted
 * @param reason why, for the people who read the status
 * @param by who said it
 */
public record ControlRecord(
        DesiredState state,
        @Nullable String reason,
        @Nullable String by) {}
