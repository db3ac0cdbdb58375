package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.query.plan.Measurement;
import dev.backfleet.coordinator.query.plan.PlanSpec;
import dev.backfleet.coordinator.query.plan.RowSample;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Plans a spec and prints the report, part by part. */
final class PlanPrinter {
    private static final Duration LOCKS = Duration.ofSeconds(5);

    private final SettingsOptions options;
    private final CommandLine line;
    private final boolean json;

    PlanPrinter(SettingsOptions options, CommandLine line, boolean json) {
        this.options = options;
        this.line = line;
        this.json = json;
    }

    /** Prints the plan; problems found if a submission would be refused for its findings. */
    ExitCode print(ParsedSpec parsed, Rows wanted) throws InterruptedException {
        try (var session = Session.open(options, LOCKS)) {
            var question = session.operations().plan();
            var planned = question.run(parsed);
            var report = planned.report();
            if (!json) {
                lines(PlanText.lines(report));
            }
            var measurement = measured(question, planned, wanted);
            if (!json && measurement != null) {
                lines(ForecastText.lines(measurement));
            }
            var sample = sample(question, planned, wanted);
            var whole = report.with(measurement).with(sample);
            if (json) {
                line.getOut().print(JsonOutput.render(whole));
                line.getOut().flush();
            } else {
                if (sample != null) {
                    lines(PlanText.sample(sample));
                }
                lines(PlanText.findings(whole.findings()));
            }
            return whole.fit() ? ExitCode.DONE : ExitCode.PROBLEMS_FOUND;
        }
    }

    private @Nullable Measurement measured(PlanSpec question, PlanSpec.Planned planned, Rows wanted)
            throws InterruptedException {
        var report = planned.report();
        if (wanted == Rows.NEVER) {
            return null;
        }
        if (wanted == Rows.ON_A_TERMINAL && !report.run().effects().isEmpty()) {
            say(PlanText.withoutMeasuring(report));
            return null;
        }
        if (PlanSpec.isLargeEnough(report)) {
            say(PlanText.beforeMeasuring(report));
        }
        return question.measure(planned);
    }

    private @Nullable RowSample sample(PlanSpec question, PlanSpec.Planned planned, Rows wanted) {
        var report = planned.report();
        if (wanted == Rows.NEVER) {
            return null;
        }
        var terminal = TerminalInfo.from(options.environment()).present();
        if (wanted == Rows.ON_A_TERMINAL
                && (!terminal || !report.run().effects().isEmpty())) {
            say(PlanText.withoutSample(report, terminal));
            return null;
        }
        say(PlanText.beforeSample(report));
        return question.sample(planned);
    }

    private void say(String text) {
        line.getErr().println("backfleet: " + text);
        line.getErr().flush();
    }

    private void lines(List<String> lines) {
        lines.forEach(line.getOut()::println);
        line.getOut().flush();
    }

    /** When rows are changed and shown. */
    enum Rows {
        ALWAYS,
        ON_A_TERMINAL,
        NEVER
    }
}
