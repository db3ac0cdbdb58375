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

    /** A function of a trigger, after CREATE FUNCTION. */
    static String function(String name, Map<String, String> settings, String body) {
        var tag = "$backfleet$";
        for (var i = 1; body.contains(tag); i++) {
            tag = "$backfleet" + i + "$";
        }
        return name + "() returns trigger language plpgsql"
                + settings.entrySet().stream()
                        .map(setting -> "\n  set " + setting.getKey() + " = " + setting.getValue())
                        .collect(joining())
                + "\nas " + tag + body + tag;
    }

    /** Columns of a row, such as {@code new."a", new."b"}. */
    static String fields(String row, Collection<Identifier> columns) {
        return columns.stream().map(column -> row + "." + column.quoted()).collect(joining(", "));
    }
}
