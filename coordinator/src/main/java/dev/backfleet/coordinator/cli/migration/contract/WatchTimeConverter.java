package dev.backfleet.coordinator.cli.migration.contract;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses for how long a renaming is watched: at least long enough for a few looks, and not for ever. */
final class WatchTimeConverter implements ITypeConverter<Duration> {
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(7);

    @Override
    public Duration convert(String text) {
        try {
            var time = HumanDuration.parse(text);
            if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
                throw new TypeConversionException(text + " is not between 10s and 7d");
            }
            return time;
        } catch (BadTextException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
