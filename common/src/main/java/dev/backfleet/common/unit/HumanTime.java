package dev.backfleet.common.unit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time as people read them. */
public final class HumanTime {
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private HumanTime() {}

    /** A timestamp: {@code 2026-11-21 10:05:33 UTC}. */
    public static String moment(Instant moment) {
        return MOMENT.format(moment);
    }

    /** The day of a timestamp, in UTC: {@code 2026-11-21}. */
    public static String day(Instant moment) {
        return DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC).format(moment);
    }

    /** A timestamp in a time zone: {@code 2026-11-21 22:00 Europe/Berlin}. */
    public static String moment(Instant moment, ZoneId zone) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm VV", Locale.ROOT)
                .withZone(zone)
                .format(moment);
    }

    /** The age of a timestamp: {@code 1m 05s}; zero if it is later. */
    public static String age(Instant moment, Instant now) {
        var age = Duration.between(moment, now);
        return HumanText.elapsed(age.isNegative() ? Duration.ZERO : age);
    }

    /** A timestamp and its age: {@code 2026-11-21 10:05:33 UTC (1m 05s ago)}. */
    public static String ago(Instant moment, Instant now) {
        return moment(moment) + " (" + age(moment, now) + " ago)";
    }
}
