package dev.backfleet.coordinator.console;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.screen.Style;
import java.util.Locale;

/**
 * The state of a job as a sign, a word and a colour, each of which is enough.
 *
 * @param tone the class of the style sheet
 */
public record Chip(String sign, String words, String tone) {

    static Chip of(JobReport report) {
        var job = report.job();
        return new Chip(sign(job.state()), report.state(), tone(Style.of(job)));
    }

    static String tone(Style style) {
        return style.name().toLowerCase(Locale.ROOT);
    }

    private static String sign(JobState state) {
        return switch (state) {
            case PLANNING -> "\u2026";
            case RUNNING -> "\u25b6";
            case PAUSING, PAUSED -> "\u2016";
            case CANCELLING, CANCELLED -> "\u2298";
            case SUCCEEDED -> "\u2713";
            case HALTED -> "\u25a0";
            case FAILED -> "\u2715";
        };
    }
}
