package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
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
        var findings = Checks.of(options).findings();
        output.print(findings, () -> text(findings));
        return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.PROBLEM)
                ? ExitCode.PROBLEMS_FOUND
                : ExitCode.DONE;
    }

    private static String text(List<Finding> findings) {
        return findings.stream()
                .map(finding -> line(finding) + "\n")
                .collect(Collectors.joining("", "", summary(findings) + "\n"));
    }

    private static String line(Finding finding) {
        var remedy = finding.remedy() == null ? "" : "; " + finding.remedy();
        return padded(finding.verdict().word()) + padded(finding.area()) + finding.text() + remedy;
    }

    private static String padded(String word) {
        return word + " ".repeat(Math.max(1, 10 - word.length()));
    }

    private static String summary(List<Finding> findings) {
        return count(findings, Verdict.PROBLEM) + ", " + count(findings, Verdict.WARNING);
    }

    private static String count(List<Finding> findings, Verdict verdict) {
        var count = findings.stream()
                .filter(finding -> finding.verdict() == verdict)
                .count();
        return count + " " + verdict.word() + (count == 1 ? "" : "s");
    }
}
