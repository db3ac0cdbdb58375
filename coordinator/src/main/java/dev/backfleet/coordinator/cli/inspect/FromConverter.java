package dev.backfleet.coordinator.cli.inspect;

import dev.backfleet.coordinator.cli.session.AgeConverter;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a point in time: an age, a day in UTC, or a time with its offset. */
final class FromConverter implements ITypeConverter<From> {

    @Override
    public From convert(String text) {
        try {
            return text.contains("T")
                    ? new From(OffsetDateTime.parse(text).toInstant(), null)
                    : text.matches("\\d+-\\d+-\\d+")
                            ? new From(
                                    LocalDate.parse(text)
                                            .atStartOfDay(ZoneOffset.UTC)
                                            .toInstant(),
                                    null)
                            : new From(null, new AgeConverter().convert(text));
        } catch (DateTimeParseException | TypeConversionException e) {
            throw new TypeConversionException(
                    "'" + text + "' is no time; write 12h, 2d, 2026-11-30 or 2026-11-30T10:00:00Z");
        }
    }
}
