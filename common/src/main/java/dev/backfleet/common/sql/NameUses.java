package dev.backfleet.common.sql;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names in an expression, and how each is used, as far as the character after it tells. */
final class NameUses {
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> calls = new LinkedHashSet<>();
    private final Set<String> references = new LinkedHashSet<>();
    private final Set<String> values = new LinkedHashSet<>();
    private @Nullable String last;
    private @Nullable String qualifier;
    private int colons;
    private boolean isType;
    private boolean isDotOfType;

    /** A name, in the catalog's form. */
    void add(String name) {
        names.add(name);
        last = isType ? null : name;
    }

    /** The next token begins with a character. Comes before the name, if the token is one. */
    void follow(char c) {
        if (qualifier != null && c != '"' && !Characters.startsName(c)) {
            values.add(qualifier); // t.*
        }
        qualifier = null;
        followType(c);
        var name = last;
        last = null;
        if (name == null || c == '\'') { // date '2026-01-01'
            return;
        }
        (c == '(' ? calls : references).add(name);
        if (c == '.') {
            qualifier = name;
        } else if (c != '(') {
            values.add(name);
        }
    }

    // A name after :: or AS is that of a type or an alias, and so is the one after its dot.
    private void followType(char c) {
        var isName = c == '"' || Characters.startsName(c);
        var ofType = isName && (colons == 2 || isDotOfType || "as".equals(last));
        isDotOfType = isType && c == '.';
        isType = ofType;
        colons = c == ':' ? colons + 1 : 0;
    }

    /** No token follows. */
    void end() {
        if (last != null) {
            references.add(last);
            values.add(last);
        }
    }

    /** All of them; keywords and functions are included. */
    Set<String> names() {
        return names;
    }

    /** Those that an opening parenthesis follows: all functions that it calls, and also keywords. */
    Set<String> calls() {
        return calls;
    }

    /** Those that something else follows: all columns that it uses, and also keywords and qualifiers. */
    Set<String> references() {
        return references;
    }

    /** Those that are no qualifier of another name, and no call: columns, whole rows, and also keywords. */
    Set<String> values() {
        return values;
    }
}
