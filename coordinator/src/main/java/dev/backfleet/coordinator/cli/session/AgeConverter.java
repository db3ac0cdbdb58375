package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an age: as a duration is written, or in days or weeks. */
public final class AgeConverter implements ITypeConverter<Duration> {
    private static final int WEEK = 7;
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})([dw])");

    @Override
    public Duration convert(String text) {
        var days = DAYS.matcher(text);
        if (days.matches()) {
            return Duration.ofDays(
                    Long.parseLong(days.group(1)) * (days.group(2).equals("w") ? WEEK : 1));
        }
        try {
            return HumanDuration.parse(text);
        } catch (BadTextException e) {
            throw new TypeConversionException("'" + text + "' is not an age; write 12h, 30d or 4w");
        }
    }
}
