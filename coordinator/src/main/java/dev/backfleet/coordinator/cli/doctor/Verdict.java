package dev.backfleet.coordinator.cli.doctor;

import com.fasterxml.jackson.annotation.JsonValue;

/** How something is. */
enum Verdict {
    OK("ok"),
    WARNING("warning"),
    PROBLEM("problem");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    /** The word for it, on screens and in JSON. */
    @JsonValue
    String word() {
        return word;
    }
}
