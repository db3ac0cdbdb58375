package dev.backfleet.standalone.postgres.application;

/** A name that the application writes. */
public record PersonName(String first, String last) {

    /** As the old shape has it. */
    public String full() {
        return first + " " + last;
    }
}
