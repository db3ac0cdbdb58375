package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;

/** Reads names and the dots between them from a text, as SQL does. */
final class NameReader {
    private static final String REMEDY = "write it as in SQL: in double quotes if it has blanks, capitals or signs";

    private final String written;
    private int at;

    NameReader(String written) {
        this.written = written;
    }

    /** The name that starts here. */
    Identifier next() {
        if (at == written.length()) {
            throw bad(written.isEmpty() ? "is empty" : "has no name at its end");
        }
        return written.charAt(at) == '"' ? quoted() : bare();
    }

    /** Skips a dot, if there is one. */
    boolean dot() {
        boolean here = at < written.length() && written.charAt(at) == '.';
        at += here ? 1 : 0;
        return here;
    }

    /** Checks that nothing follows. */
    void end() {
        if (at < written.length()) {
            throw unexpected();
        }
    }

    private Identifier quoted() {
        var name = new StringBuilder();
        for (at++; at < written.length(); at++) {
            if (written.charAt(at) != '"') {
                name.append(written.charAt(at));
            } else if (at + 1 < written.length() && written.charAt(at + 1) == '"') {
                name.append('"');
                at++;
            } else {
                at++;
                return new Identifier(name.toString());
            }
        }
        throw bad("opens a double quote that is never closed");
    }

    private Identifier bare() {
        int start = at;
        if (!Characters.startsName(written.charAt(at))) {
            throw unexpected();
        }
        while (at < written.length() && Characters.continuesName(written.charAt(at))) {
            at++;
        }
        return new Identifier(Characters.fold(written.substring(start, at)));
    }

    private BadTextException unexpected() {
        var character = new String(Character.toChars(written.codePointAt(at)));
        return bad("is not a name: " + Shown.text(character) + " at character " + (at + 1) + " cannot stand there");
    }

    private BadTextException bad(String what) {
        return new BadTextException(Shown.text(written) + " " + what, REMEDY);
    }
}
