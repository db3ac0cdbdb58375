package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.coordinator.migration.export.ExportFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the name of a tool. */
final class FormatConverter implements ITypeConverter<ExportFormat> {

    @Override
    public ExportFormat convert(String text) {
        return Stream.of(ExportFormat.values())
                .filter(format -> format.word().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not known; write "
                        + Stream.of(ExportFormat.values())
                                .map(ExportFormat::word)
                                .collect(Collectors.joining(", "))));
    }
}
