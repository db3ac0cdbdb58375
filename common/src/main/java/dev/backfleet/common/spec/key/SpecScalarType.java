package dev.backfleet.common.spec.key;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.Shown;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A key with a single value.
 *
 * @param description its name and unit, for the reference
 * @param check which values are valid, for the reference
 * @param parse reads it; throws {@link BadTextException} if it is not valid
 */
public record SpecScalarType<T>(String description, String check, Function<String, T> parse) implements SpecType<T> {
    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]{0,17}");
    // No more decimals than the smaller unit has zeros.
    private static final Pattern SHORTENED = Pattern.compile("((?:0|[1-9][0-9]{0,8})(?:\\.[0-9]{1,3})?)([kKM])");
    static final String NONE = "none";
    static final String AUTO = "auto";

    static final SpecScalarType<String> NAME = new SpecScalarType<>(
            "text",
            "1 to 63 of `a-z`, `0-9`, `.`, `_`, `-`; begins with a letter or digit; not only digits",
            SpecScalarType::name);

    public static final SpecScalarType<Identifier> COLUMN =
            new SpecScalarType<>("column", "a column of the table", Identifier::parse);

    public static final SpecScalarType<TableName> TABLE =
            new SpecScalarType<>("table or schema.table", "an ordinary or partitioned table", TableName::parse);

    static final SpecScalarType<Double> PERCENTAGE =
            new SpecScalarType<>("percentage", "0% to 100%", ErrorBudget::ratio);

    public static final SpecScalarType<Boolean> TRUTH = new SpecScalarType<>("truth", "`true` or `false`", text -> {
        if (!text.equals("true") && !text.equals("false")) {
            throw new BadTextException(Shown.text(text) + " is neither true nor false", "write true or false");
        }
        return text.equals("true");
    });

    @Override
    public T read(SpecField field) {
        return field.read(parse);
    }

    static <T> SpecScalarType<T> whole(String description, long min, long max, Function<Long, T> convert) {
        return new SpecScalarType<>(
                description,
                grouped(min) + " to " + grouped(max),
                text -> convert.apply(number(text, min, max, "whole number in plain digits", "")));
    }

    static SpecScalarType<OptionalLong> wholeOrNone(String description, long min, long max) {
        return new SpecScalarType<>(
                description + ", such as `5000`, `5k` or `1.5M`, or `none`",
                grouped(min) + " to " + grouped(max),
                text -> text.equals(NONE)
                        ? OptionalLong.empty()
                        : OptionalLong.of(
                                number(inFull(text), min, max, "number such as 5000, 5k or 1.5M", ", or none")));
    }

    static SpecScalarType<OptionalInt> wholeOrAuto(String description, int min, int max) {
        return new SpecScalarType<>(
                description + ", or `auto`",
                grouped(min) + " to " + grouped(max),
                text -> text.equals(AUTO)
                        ? OptionalInt.empty()
                        : OptionalInt.of(
                                Math.toIntExact(number(text, min, max, "whole number in plain digits", ", or auto"))));
    }

    static SpecScalarType<OptionalLong> sizeOrNone(long min, long max) {
        var range = HumanSize.format(min) + " to " + HumanSize.format(max);
        return new SpecScalarType<>("amount of data in `B`, `kB`, `MB` or `GB`, or `none`", range, text -> {
            if (text.equals(NONE)) {
                return OptionalLong.empty();
            }
            var size = HumanSize.parse(text);
            if (size < min || size > max) {
                throw new BadTextException(text + " is out of range", "write an amount from " + range + ", or none");
            }
            return OptionalLong.of(size);
        });
    }

    /** A word for each constant, in lower case. */
    public static <E extends Enum<E>> SpecScalarType<E> oneOf(Class<E> type) {
        var words = Stream.of(type.getEnumConstants())
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList();
        return new SpecScalarType<>("word", "`" + String.join("`, `", words) + "`", text -> {
            if (!words.contains(text)) {
                throw new BadTextException(
                        Shown.text(text) + " is not known here", "write " + String.join(" or ", words));
            }
            return type.getEnumConstants()[words.indexOf(text)];
        });
    }

    /** A duration within bounds. */
    public static SpecScalarType<Duration> duration(Duration min, Duration max) {
        var range = HumanDuration.format(min) + " to " + HumanDuration.format(max);
        return new SpecScalarType<>("duration in `ms`, `s`, `m`, `h` or `d`", range, text -> {
            var duration = HumanDuration.parse(text);
            if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                throw new BadTextException(text + " is out of range", "write a duration from " + range);
            }
            return duration;
        });
    }

    private static long number(String text, long min, long max, String form, String orElse) {
        var remedy = "write a number from " + min + " to " + max + orElse;
        if (!WHOLE.matcher(text).matches()) {
            throw new BadTextException(Shown.text(text) + " is not a " + form, remedy);
        }
        long number = Long.parseLong(text);
        if (number < min || number > max) {
            throw new BadTextException(text + " is out of range", remedy);
        }
        return number;
    }

    /** The digits of a number in thousands or millions; any other text as it is. */
    private static String inFull(String text) {
        var match = SHORTENED.matcher(text);
        if (!match.matches()) {
            return text;
        }
        var unit = match.group(2).equals("M") ? 1_000_000 : 1_000;
        return new BigDecimal(match.group(1))
                .multiply(BigDecimal.valueOf(unit))
                .setScale(0, RoundingMode.DOWN)
                .toPlainString();
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String name(String text) {
        if (!Spec.NAME.matcher(text).matches()) {
            throw new BadTextException(
                    Shown.text(text) + " is not a name for a job",
                    "use 1 to 63 lower-case letters, digits, \".\", \"_\" and \"-\", with a letter or digit first");
        }
        if (Spec.ONLY_DIGITS.matcher(text).matches()) {
            throw new BadTextException(text + " would be taken for the id of a job", "add a letter");
        }
        return text;
    }
}
