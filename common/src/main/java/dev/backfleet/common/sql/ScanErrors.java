package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;

/** Why an expression may not be put into a statement. Positions count from 0, the characters in messages from 1. */
final class ScanErrors {
    private ScanErrors() {}

    static BadTextException refused(String subject, int position, String what, String remedy) {
        return new BadTextException(subject + " at character " + (position + 1) + " " + what, remedy);
    }

    static BadTextException refused(String subject, int position, String remedy) {
        return refused(subject, position, "is not allowed here", remedy);
    }

    static BadTextException neverClosed(int start) {
        return refused("the quote", start, "is never closed", "close it; write a quote inside of quotes twice");
    }

    static String shown(char c) {
        return "\"" + c + "\"";
    }
}
