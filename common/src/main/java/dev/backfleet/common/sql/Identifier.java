package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An SQL identifier in the form of PostgreSQL's catalog: case and blanks matter.
 *
 * @param name the name as in the catalog, without quotes
 */
public record Identifier(String name) {
    private static final int MAX_BYTES = 63;

    /** Rejects names that the catalog would reject or silently truncate. */
    public Identifier {
        if (name.isEmpty()) {
            throw new BadTextException("a name is empty", "write a name");
        }
        if (name.indexOf('\0') >= 0 || !Characters.isWellFormed(name)) {
            throw new BadTextException("a name holds a character that PostgreSQL cannot store", "take it out");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new BadTextException(
                    "a name has " + bytes + " bytes, which is more than PostgreSQL's 63",
                    "write the name as the catalog has it, shortened to 63 bytes");
        }
    }

    /** The identifier with exactly this name in the catalog. */
    public static Identifier of(String catalogName) {
        return new Identifier(catalogName);
    }

    /**
     * Reads a name as it is written in SQL: an unquoted one folds to lower case, {@code "N n"} keeps its case and blanks.
     *
     * @throws BadTextException if it is not one name
     */
    public static Identifier parse(String written) {
        var reader = new NameReader(written);
        var identifier = reader.next();
        reader.end();
        return identifier;
    }

    /** In double quotes, for SQL: safe for any name. */
    public String quoted() {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /**
     * The same, for statements in which another parser, such as Jdbi's, looks for parameters before PostgreSQL reads
     * them: everything but letters, digits, blanks and {@code _} is escaped.
     */
    public String escaped() {
        if (name.chars().allMatch(Identifier::isPlain)) {
            return quoted();
        }
        var text = new StringBuilder("U&\"");
        name.chars().forEach(c -> {
            if (isPlain(c)) {
                text.append((char) c);
            } else {
                text.append(String.format(Locale.ROOT, "!%04x", c));
            }
        });
        return text.append("\" uescape '!'").toString();
    }

    private static boolean isPlain(int c) {
        return c > 127 || Character.isLetterOrDigit(c) || c == '_' || c == ' ';
    }

    /** As a person writes it in SQL: quoted only if necessary, so {@code order} is quoted. */
    @Override
    public String toString() {
        return Characters.isBareName(name) && !Keywords.contains(name) ? name : quoted();
    }
}
