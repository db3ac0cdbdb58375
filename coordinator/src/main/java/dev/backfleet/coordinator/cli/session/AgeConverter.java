package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an age: as a duration is written, or in days. */
public final class AgeConverter implements ITypeConverter<Duration> {
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})d");

    @Override
    public Duration convert(String text) {
        var days = DAYS.matcher(text);
        if (days.matches()) {
            return Duration.ofDays(Long.parseLong(days.group(1)));
        }
        try {
            return HumanDuration.parse(text);
        } catch (BadTextException e) {
            throw new TypeConversionException("'" + text + "' is not an age; write 30d or 12h");
        }
    }
}
