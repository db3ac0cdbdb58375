package dev.backfleet.common.settings;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.unit.HumanDuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the text of a setting is read and checked.
 *
 * @param label one word for the value, for the command line's help
 * @param expected what a valid value is, to complete the sentence "… is not …"
 * @param parser reads the text; any {@link RuntimeException} means that the value is invalid
 * @param <T> what the text is read as
 */
public record SettingType<T>(String label, String expected, Function<String, T> parser) {

    private static final Pattern HOSTS = Pattern.compile("\\s*[\\w.:\\[\\]-]+\\s*(,\\s*[\\w.:\\[\\]-]+\\s*)*");
    private static final Pattern SERVERS = Pattern.compile("[^\\s,]+:[0-9]{1,5}(\\s*,\\s*[^\\s,]+:[0-9]{1,5})*");

    /** Any text that is not blank. */
    static SettingType<String> text() {
        return matching("text", "a text that is not blank", Pattern.compile(".*\\S.*"));
    }

    /** Text of a certain form. */
    static SettingType<String> matching(String label, String expected, Pattern form) {
        return new SettingType<>(label, expected, text -> {
            check(form.matcher(text).matches());
            return text;
        });
    }

    /** A whole number between two bounds, both included. */
    static SettingType<Integer> wholeNumber(int least, int most) {
        return new SettingType<>("number", "a whole number from %d to %d".formatted(least, most), text -> {
            var number = Integer.parseInt(text);
            check(number >= least && number <= most);
            return number;
        });
    }

    /** A duration between two bounds, both included. */
    static SettingType<Duration> duration(Duration least, Duration most) {
        var expected = "a duration from %s to %s, such as 500ms, 10s or 2m"
                .formatted(HumanDuration.format(least), HumanDuration.format(most));
        return new SettingType<>("duration", expected, text -> {
            var duration = HumanDuration.parse(text);
            check(duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0);
            return duration;
        });
    }

    /** A soft and a hard threshold. */
    static SettingType<Thresholds> thresholds(Measure measure) {
        return new SettingType<>(
                "soft/hard",
                "SOFT/HARD, each like " + measure.examples() + ", SOFT/none, or none",
                text -> Thresholds.parse(text, measure));
    }

    /** One of an enum's constants, written in lower case. */
    static <E extends Enum<E>> SettingType<E> oneOf(Class<E> type) {
        var words = Stream.of(type.getEnumConstants()).map(SettingType::word).toList();
        var label = String.join("|", words);
        return new SettingType<>(label, "one of " + String.join(", ", words), text -> Stream.of(type.getEnumConstants())
                .filter(constant -> word(constant).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow());
    }

    /** The path of a file that exists and can be read. */
    static SettingType<Path> readableFile() {
        return new SettingType<>("file", "a file that exists and can be read", text -> {
            var path = Path.of(text);
            check(!text.isBlank() && Files.isRegularFile(path) && Files.isReadable(path));
            return path;
        });
    }

    /** A database's URL. */
    static SettingType<DatabaseUrl> databaseUrl() {
        return new SettingType<>(
                "url",
                "a PostgreSQL URL such as postgresql://user@host:5432/database or jdbc:postgresql://host:5432/database",
                DatabaseUrl::parse);
    }

    /** A comma-separated list of Kafka brokers. */
    static SettingType<String> servers() {
        var expected = "a list of brokers such as host1:9092,host2:9092";
        var list = matching("servers", expected, SERVERS);
        return new SettingType<>(
                "servers", expected, text -> Stream.of(list.parser().apply(text).split(","))
                        .map(String::strip)
                        .peek(server -> check(port(server) <= 65_535))
                        .collect(Collectors.joining(",")));
    }

    /** An address to listen on. */
    static SettingType<ListenAddress> listenAddress() {
        return new SettingType<>(
                "host:port", "an address such as 0.0.0.0:9480 or [::1]:9480, or none", ListenAddress::parse);
    }

    /** Names of hosts, separated by commas, in lower case. */
    static SettingType<Set<String>> hostNames() {
        return new SettingType<>("hosts", "a list of host names such as app.example,10.0.0.7", text -> {
            check(HOSTS.matcher(text).matches());
            return Stream.of(text.split(","))
                    .map(host -> host.strip().toLowerCase(Locale.ROOT))
                    .collect(Collectors.toUnmodifiableSet());
        });
    }

    private static int port(String server) {
        return Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void check(boolean good) {
        if (!good) {
            throw new IllegalArgumentException("not a valid value");
        }
    }
}
