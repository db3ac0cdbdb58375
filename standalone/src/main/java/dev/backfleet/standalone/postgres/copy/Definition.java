package dev.backfleet.standalone.postgres.copy;

import java.util.List;

/**
 * What a table consists of.
 *
 * @param objects what makes it, in the order in which it is to be made
 * @param left what belongs to it and is not copied, in words
 */
public record Definition(List<Made> objects, List<String> left) {
    public Definition {
        objects = List.copyOf(objects);
        left = List.copyOf(left);
    }

    /**
     * One object.
     *
     * @param what what it is, for people, such as {@code the trigger t}
     * @param sql the statement that makes it
     * @param needed whether there is no job without it
     */
    public record Made(String what, String sql, boolean needed) {}
}
