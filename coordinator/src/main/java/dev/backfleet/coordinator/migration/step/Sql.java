package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Collectors;

/** Pieces of SQL that statements and checks have in common. */
final class Sql {
    private static final int MAX_BYTES = 63;
    private static final int HASH = 9;

    private Sql() {}

    /** A text as a literal, with {@code standard_conforming_strings}. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String literal(Identifier name) {
        return literal(name.name());
    }

    /** A relation as a literal from which a cast to {@code regclass} finds it. */
    static String relation(TableName name) {
        return literal(name.quoted());
    }

    /** An array of texts. */
    static String texts(Collection<Identifier> names) {
        return names.stream().map(Sql::literal).collect(Collectors.joining(", ", "array[", "]::text[]"));
    }

    /** An expression in parentheses; a comment at its end cannot swallow the closing parenthesis. */
    static String parenthesized(SqlExpression expression) {
        return "(" + expression.text() + "\n)";
    }

    static String names(Collection<Identifier> names) {
        return names.stream().map(Identifier::quoted).collect(Collectors.joining(", "));
    }

    /** A name that is made of others; if it is too long for PostgreSQL, its end is replaced by a hash of all of it. */
    static Identifier derivedName(String... parts) {
        var whole = String.join("_", parts);
        if (whole.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
            return Identifier.of(whole);
        }
        var hash = UUID.nameUUIDFromBytes(Arrays.toString(parts).getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, HASH - 1);
        var kept = new StringBuilder();
        var bytes = 0;
        for (var character : whole.codePoints().toArray()) {
            var text = new String(Character.toChars(character));
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES - HASH) {
                break;
            }
            kept.append(text);
        }
        return Identifier.of(kept + "_" + hash);
    }

    /** SHA-256 of a text, in hexadecimal digits. */
    static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
