package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.sql.Identifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names that old columns bear until they are dropped: {@code old_NAME_deprecated}. */
public final class DeprecatedNames {
    private static final int MAX_BYTES = 63;
    private static final int HASH = 8;
    private static final String PREFIX = "old_";
    private static final String SUFFIX = "_deprecated";

    private DeprecatedNames() {}

    /**
     * The new name of each column. One that is too long for PostgreSQL is cut between two characters, and gets a hash of the whole, so that
     * two columns with the same beginning keep apart.
     *
     * @param columns in the order of the file
     * @param taken the names of all columns of the table
     */
    public static Map<Identifier, Identifier> of(List<Identifier> columns, Collection<Identifier> taken) {
        var used = new HashSet<>(taken);
        var names = new LinkedHashMap<Identifier, Identifier>();
        for (var column : columns) {
            var name = name(column.name(), "");
            for (var i = 2; !used.add(name); i++) {
                name = name(column.name(), "_" + i);
            }
            names.put(column, name);
        }
        return names;
    }

    private static Identifier name(String column, String number) {
        var tail = number + SUFFIX;
        if (bytes(PREFIX + column + tail) <= MAX_BYTES) {
            return Identifier.of(PREFIX + column + tail);
        }
        var end = "_" + hash(column) + tail;
        var kept = new StringBuilder(PREFIX);
        for (var character : column.codePoints().toArray()) {
            if (bytes(kept + Character.toString(character) + end) > MAX_BYTES) {
                break;
            }
            kept.appendCodePoint(character);
        }
        return Identifier.of(kept + end);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
                    .substring(0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
