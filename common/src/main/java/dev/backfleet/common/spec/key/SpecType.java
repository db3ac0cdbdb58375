package dev.backfleet.common.spec.key;

/** The type of a key's value: its name, unit and check, and how it is parsed. */
public interface SpecType<T> {

    /** For the reference: {@code whole number of rows}. */
    String description();

    /** For the reference: which values are valid. */
    String check();

    /** The value. */
    T read(SpecField field);
}
