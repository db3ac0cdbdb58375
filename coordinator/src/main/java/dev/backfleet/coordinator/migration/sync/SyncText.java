package dev.backfleet.coordinator.migration.sync;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.sql.Identifier;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills templates of SQL. */
final class SyncText {
    private static final Pattern PLACE = Pattern.compile("\\{([a-z-]+)}");

    private SyncText() {}

    /** In one pass, since an expression may contain anything; an unknown place is left as it is. */
    static String fill(String template, Map<String, String> parts) {
        return PLACE.matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(parts.getOrDefault(match.group(1), match.group())));
    }

    /** Columns of a row, such as {@code new."a", new."b"}. */
    static String fields(String row, Collection<Identifier> columns) {
        return columns.stream().map(column -> row + "." + column.quoted()).collect(joining(", "));
    }
}
