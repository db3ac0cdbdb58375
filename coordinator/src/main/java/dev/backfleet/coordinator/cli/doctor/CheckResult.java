package dev.backfleet.coordinator.cli.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What a check has found, in the order of the JSON output; names and order are an interface.
 *
 * @param area what it belongs to: settings, database, kafka or fleet
 * @param verdict how it is
 * @param text what was found
 * @param remedy what to do; null if nothing has to be done
 */
record CheckResult(
        String area, Verdict verdict, String text, @Nullable String remedy) {

    static CheckResult ok(String area, String text) {
        return new CheckResult(area, Verdict.OK, text, null);
    }

    static CheckResult warning(String area, String text, @Nullable String remedy) {
        return new CheckResult(area, Verdict.WARNING, text, remedy);
    }

    static CheckResult problem(String area, String text, @Nullable String remedy) {
        return new CheckResult(area, Verdict.PROBLEM, text, remedy);
    }
}
