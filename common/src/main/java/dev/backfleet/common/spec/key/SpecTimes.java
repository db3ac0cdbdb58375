package dev.backfleet.common.spec.key;

import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The two times of the day of {@code window.between}; midnight at the end is written {@code 24:00}. */
public record SpecTimes(LocalTime from, LocalTime to) {
    private static final Pattern WRITTEN =
            Pattern.compile("((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)");

    // Time zones have a slash, an upper-case letter or a digit.
    private static final Pattern IS_DAY = Pattern.compile("[a-z]+");

    static final SpecScalarType<SpecTimes> TYPE = new SpecScalarType<>(
            "two times of the day, `HH:MM-HH:MM`",
            "`00:00` to `24:00`; the second may be on the next day",
            SpecTimes::parse);

    static final SpecScalarType<ZoneId> ZONE =
            new SpecScalarType<>("time zone", "a name of the tz database", SpecTimes::zone);

    static final SpecScalarType<Instant> MOMENT = new SpecScalarType<>(
            "date, time and time zone, `YYYY-MM-DD HH:MM ZONE`",
            "a name of the tz database, or `Z` or an offset as in `2026-12-24T06:00:00+01:00`; seconds may follow",
            SpecTimes::moment);

    private static final Pattern LOCAL =
            Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?) (\\S+)");

    // A time without a zone would mean another one on each machine.
    private static Instant moment(String text) {
        var local = LOCAL.matcher(text);
        try {
            return local.matches()
                    ? LocalDateTime.parse(local.group(1) + "T" + local.group(2))
                            .atZone(zone(local.group(3)))
                            .toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new BadTextException(
                    Shown.text(text) + " is not a date with a time and a time zone",
                    "write it like 2026-12-24 06:00 Europe/Berlin or 2026-12-24T05:00:00Z");
        }
    }

    private static SpecTimes parse(String text) {
        var match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw new BadTextException(Shown.text(text) + " is not two times of the day", "write it like 22:00-06:00");
        }
        if (match.group(1).equals(match.group(2))) {
            throw new BadTextException(text + " ends where it begins", "write 00:00-24:00 for a whole day");
        }
        return new SpecTimes(LocalTime.parse(match.group(1)), end(match.group(2)));
    }

    /** The window with these times; empty if they are all the time that there is. */
    public Optional<TimeWindow> window(ZoneId zone, Set<DayOfWeek> days) {
        var always = from.equals(to) && days.size() == DayOfWeek.values().length;
        return always ? Optional.empty() : Optional.of(new TimeWindow(from, to, zone, days));
    }

    /** A window as {@link TimeWindow#words} writes it, {@code 22:00-06:00 Europe/Berlin mon, tue}; zone and days may be missing. */
    static Optional<TimeWindow> windowOf(String text) {
        var words = new ArrayDeque<>(List.of(text.strip().split("[\\s,]+")));
        var times = parse(words.remove());
        var named = !words.isEmpty() && !IS_DAY.matcher(words.element()).matches();
        var zone = named ? zone(words.remove()) : ZoneOffset.UTC;
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (var word : words) {
            if (!days.add(SpecDaysType.day(word))) {
                throw new BadTextException(word + " is there twice", "remove one of them");
            }
        }
        return times.window(zone, days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days);
    }

    private static LocalTime end(String text) {
        return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new BadTextException(Shown.text(text) + " is not a time zone", "write Europe/Berlin or UTC, say");
        }
    }
}
