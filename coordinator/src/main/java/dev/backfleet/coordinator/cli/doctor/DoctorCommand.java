package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.telemetry.Logging;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks everything that commands work with. */
@Command(
        name = "doctor",
        description = {
            "Check all that commands work with, and say what to do about each problem.",
            "That is: the settings and where each was given, the database, its role, grants, clock and control schema, a pooler",
            "in the way, Kafka, its topics and permissions, the coordinator and the workers, and unfinished jobs that stand still.",
            "Works with any part missing: each check is made by itself, within 10 s.",
            "Changes nothing. Exits with 4 if there is a problem, such as a fleet that stands still; warnings alone exit with 0."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet doctor",
            "  backfleet doctor --context production",
            "  backfleet doctor -o json | jq '.[] | select(.verdict != \"ok\")'"
        })
public final class DoctorCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public ExitCode call() throws InterruptedException {
        Logging.makeReady();
        var results = Checks.of(options).results();
        output.print(results, () -> text(results));
        return results.stream().anyMatch(result -> result.verdict() == Verdict.PROBLEM)
                ? ExitCode.PROBLEMS_FOUND
                : ExitCode.DONE;
    }

    private static String text(List<CheckResult> results) {
        return results.stream()
                .map(result -> line(result) + "\n")
                .collect(Collectors.joining("", "", summary(results) + "\n"));
    }

    private static String line(CheckResult result) {
        var remedy = result.remedy() == null ? "" : "; " + result.remedy();
        return padded(result.verdict().word()) + padded(result.area()) + result.text() + remedy;
    }

    private static String padded(String word) {
        return word + " ".repeat(Math.max(1, 10 - word.length()));
    }

    private static String summary(List<CheckResult> results) {
        return count(results, Verdict.PROBLEM) + ", " + count(results, Verdict.WARNING);
    }

    private static String count(List<CheckResult> results, Verdict verdict) {
        var count =
                results.stream().filter(result -> result.verdict() == verdict).count();
        return count + " " + verdict.word() + (count == 1 ? "" : "s");
    }
}
