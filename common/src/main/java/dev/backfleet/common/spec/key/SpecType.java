package dev.backfleet.common.spec.key;

/** What kind of value a key has: its name, its unit, its check, and how it is read. */
public interface SpecType<T> {

    /** For the reference: {@code whole number of rows}. */
    String description();

    /** For the reference: what values are taken. */
    String check();

    /** The value. */
    T read(SpecField field);
}
