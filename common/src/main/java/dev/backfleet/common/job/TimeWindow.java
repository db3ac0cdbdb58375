package dev.backfleet.common.job;

import dev.backfleet.common.stored.StoredJson;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * When a job may run: between two times of the day, in a time zone, on certain days.
 *
 * @param from when it opens
 * @param to when it closes; on the next day if that is not later than {@code from}
 * @param zone the time zone, including daylight saving time
 * @param days the days on which it opens; at least one
 */
public record TimeWindow(LocalTime from, LocalTime to, ZoneId zone, Set<DayOfWeek> days) {

    public static final StoredJson<TimeWindow> JSON = new StoredJson<>("time window", 1, TimeWindow.class);

    private static final int A_WEEK = 7;

    public TimeWindow {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("a window that never opens");
        }
        days = Set.copyOf(days);
    }

    /** The opening that contains a moment, or the next one. Adjacent openings are joined. */
    public Opening at(Instant now) {
        var day = now.atZone(zone).toLocalDate().minusDays(1);
        while (true) {
            var opening = on(day).filter(found -> found.closes().isAfter(now));
            if (opening.isPresent()) {
                return joined(opening.get(), day);
            }
            day = day.plusDays(1);
        }
    }

    private Opening joined(Opening first, LocalDate day) {
        var opening = first;
        for (var next = day.plusDays(1); !next.isAfter(day.plusDays(A_WEEK)); next = next.plusDays(1)) {
            var closes = opening.closes();
            var following = on(next).filter(found -> !found.opens().isAfter(closes));
            if (following.isEmpty()) {
                return opening;
            }
            opening = new Opening(opening.opens(), following.get().closes());
        }
        return opening;
    }

    // A time that a change of the clocks skips is moved by the length of the gap; the opening may then be empty.
    private Optional<Opening> on(LocalDate day) {
        if (!days.contains(day.getDayOfWeek())) {
            return Optional.empty();
        }
        var opens = day.atTime(from).atZone(zone).toInstant();
        var closes = (to.isAfter(from) ? day : day.plusDays(1))
                .atTime(to)
                .atZone(zone)
                .toInstant();
        return opens.isBefore(closes) ? Optional.of(new Opening(opens, closes)) : Optional.empty();
    }

    /** As a person writes it: {@code 22:00-06:00 Europe/Berlin mon, tue}. */
    public String words() {
        var until = to.equals(LocalTime.MIDNIGHT) ? "24:00" : to.toString();
        var on = days.size() == A_WEEK
                ? ""
                : " " + new TreeSet<>(days).stream().map(TimeWindow::shortName).collect(Collectors.joining(", "));
        return from + "-" + until + " " + zone + on;
    }

    private static String shortName(DayOfWeek day) {
        return day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).toLowerCase(Locale.ROOT);
    }

    /**
     * A time during which the window is open.
     *
     * @param opens its first moment
     * @param closes the first moment after it
     */
    public record Opening(Instant opens, Instant closes) {}
}
