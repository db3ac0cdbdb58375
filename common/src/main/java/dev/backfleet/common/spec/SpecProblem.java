package dev.backfleet.common.spec;

import java.util.OptionalInt;

/**
 * What is wrong with a spec, where, and what to do about it.
 *
 * @param file the file's name, as the person gave it
 * @param line the line, counted from 1, if it is known
 * @param key the key's path ({@code batch.duration}); empty if the problem concerns the whole file
 * @param what what is wrong, as a clause
 * @param remedy what to do, as a clause
 */
public record SpecProblem(String file, OptionalInt line, String key, String what, String remedy) {

    /** The message, as one line. */
    public String message() {
        var place = line.isPresent() ? file + ":" + line.getAsInt() : file;
        return place + ": " + (key.isEmpty() ? "" : key + ": ") + what + "; " + remedy;
    }
}
