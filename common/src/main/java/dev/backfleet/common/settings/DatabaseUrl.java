package dev.backfleet.common.settings;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database's URL in JDBC form, without its secrets.
 *
 * @param jdbc a {@code jdbc:postgresql:} URL that may be printed
 * @param user the user that the URL named
 * @param secrets secret properties that the URL contained: {@code password}, {@code sslpassword}
 */
public record DatabaseUrl(String jdbc, @Nullable String user, Map<String, String> secrets) {

    private static final Pattern FORM = Pattern.compile("(?:jdbc:postgresql|postgresql|postgres)://"
            + "(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?"
            + "(?<hosts>[^@/?]*)(?:/(?<database>[^/?]*))?(?:\\?(?<query>.*))?");

    /** Parameters that libpq and the JDBC driver name differently. */
    private static final Map<String, String> DRIVER_NAMES = Map.of(
            "application_name", "ApplicationName",
            "connect_timeout", "connectTimeout",
            "channel_binding", "channelBinding");

    public DatabaseUrl {
        secrets = Map.copyOf(secrets);
    }

    /**
     * Parses a URL in libpq or JDBC form.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static DatabaseUrl parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("not a PostgreSQL URL");
        }
        var query = query(match.group("query"));
        var secrets = new TreeMap<String, String>();
        var user = take(query, "user", match.group("user"));
        var password = take(query, "password", match.group("password"));
        if (password != null) {
            secrets.put("password", password);
        }
        var keyPassword = query.remove("sslpassword");
        if (keyPassword != null) {
            secrets.put("sslpassword", keyPassword);
        }
        var database = match.group("database");
        var jdbc = "jdbc:postgresql://" + match.group("hosts") + "/" + (database == null ? "" : database) + tail(query);
        return new DatabaseUrl(jdbc, user, secrets);
    }

    /** The URLs of the single hosts of a {@code jdbc:postgresql:} URL, in their order, with the same parameters. */
    public static List<String> eachHost(String jdbc) {
        var match = FORM.matcher(jdbc);
        if (!match.matches()) {
            return List.of(jdbc);
        }
        var before = jdbc.substring(0, match.start("hosts"));
        var after = jdbc.substring(match.end("hosts"));
        return Arrays.stream(match.group("hosts").split(","))
                .map(host -> before + host + after)
                .toList();
    }

    /** Host and database of a {@code jdbc:postgresql:} URL, as a person says them: {@code db.example:5432/app}. */
    public static String place(String jdbc) {
        return jdbc.replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*$", "");
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return jdbc;
    }

    private static @Nullable String take(Map<String, String> query, String name, @Nullable String before) {
        var inQuery = query.remove(name);
        if (before != null && !before.isEmpty()) {
            return percentDecoded(before);
        }
        return inQuery == null || inQuery.isEmpty() ? null : inQuery;
    }

    private static Map<String, String> query(@Nullable String text) {
        var parameters = new TreeMap<String, String>();
        if (text == null) {
            return parameters;
        }
        for (var part : text.split("&")) {
            var equals = part.indexOf('=');
            var name = equals < 0 ? part : part.substring(0, equals);
            if (!name.isEmpty()) {
                var value = equals < 0 ? "" : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8);
                parameters.put(DRIVER_NAMES.getOrDefault(name, name), value);
            }
        }
        return parameters;
    }

    private static String tail(Map<String, String> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet().stream()
                        .map(entry ->
                                entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "?", ""));
    }

    /** Decodes as in the authority of a URL, where a plus is a plus. */
    private static String percentDecoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
