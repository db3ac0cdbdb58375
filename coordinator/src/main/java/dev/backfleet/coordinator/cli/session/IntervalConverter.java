package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the interval of queries: at least 100 ms, so that they cause no load. */
public final class IntervalConverter implements ITypeConverter<Duration> {
    private static final Duration SHORTEST = Duration.ofMillis(100);

    @Override
    public Duration convert(String text) {
        try {
            var interval = HumanDuration.parse(text);
            if (interval.compareTo(SHORTEST) < 0) {
                throw new TypeConversionException(text + " is too short; write 100ms or more");
            }
            return interval;
        } catch (BadTextException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
