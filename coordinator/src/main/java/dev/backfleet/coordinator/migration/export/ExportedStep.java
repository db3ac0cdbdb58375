package dev.backfleet.coordinator.migration.export;

import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A step among those of an export.
 *
 * @param migration the name of the migration
 * @param step the step
 * @param ordinal its place, from 1
 * @param count how many there are
 * @param first orders its files among others: the time of the first one
 * @param script its statements
 */
record ExportedStep(String migration, Step step, int ordinal, int count, LocalDateTime first, StepScript script) {
    private static final DateTimeFormatter VERSION = DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT);
    private static final int LONGEST = 60;

    /** How each file begins that was made for a migration, after the sign of a comment. */
    static String mark(String migration) {
        return "Made by 'backfleet migration sql' for the migration " + migration + ":";
    }

    /** When it is due, as a directory. */
    String part() {
        return step.phase() == Phase.FINISH ? "after-backfill" : "before-backfill";
    }

    /** Orders one of its files among others, from 0: a time, each a second after the one before. */
    String version(int file) {
        return VERSION.format(first.plusSeconds(file));
    }

    /** Its name in file names: migration, place and id, in letters, digits and {@code _}. */
    String slug() {
        return slug(migration) + "_" + number() + "_" + slug(step.id());
    }

    /** Its place, with leading zeros. */
    String number() {
        return "%03d".formatted(ordinal);
    }

    boolean concurrent() {
        return step.execution() == Execution.CONCURRENT;
    }

    private static String slug(String text) {
        var slug = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
        return slug.length() > LONGEST ? slug.substring(0, LONGEST) : slug;
    }

    /** What a person should know, as comments. */
    String head(String comment, String... more) {
        var lines = new ArrayList<String>();
        lines.add(mark(migration) + " step " + ordinal + " of " + count + ", " + step.id());
        lines.add("It " + step.title() + ".");
        if (!step.locks().isEmpty()) {
            lines.add("Locks: "
                    + step.locks().stream()
                            .map(lock -> lock.mode().sql() + " on " + lock.table())
                            .collect(Collectors.joining(", ")));
        }
        if (step.phase() == Phase.FINISH) {
            lines.add(
                    "Run it after the backfill has SUCCEEDED: 'backfleet migration status " + migration + "' says so.");
        }
        lines.addAll(script.remarks());
        lines.addAll(List.of(more));
        return lines.stream()
                .map(line -> comment + " " + line.replaceAll("\\s+", " ") + "\n")
                .collect(Collectors.joining());
    }
}
