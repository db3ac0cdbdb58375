package dev.backfleet.benchmark.commands;

import static dev.backfleet.common.cli.output.TextTable.left;
import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.benchmark.report.Report;
import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.cli.output.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is printed of the commands; as JSON, its components.
 *
 * @param commands how long each took
 * @param met whether no median is above its bar
 */
public record CommandReport(List<Line> commands, boolean met) implements Report {
    /** Copies the list. */
    public CommandReport {
        commands = List.copyOf(commands);
    }

    /** Of some rounds. */
    public static CommandReport of(Timings timings) {
        var lines = Stream.of(MeasuredCommand.values())
                .map(command -> new Line(
                        command.words(),
                        timings.milliseconds(command),
                        command.bar().orElse(null)))
                .toList();
        return new CommandReport(lines, lines.stream().allMatch(Line::met));
    }

    @Override
    public String render() {
        var table = new TextTable(left("COMMAND"), right("MEDIAN"), right("MIN"), right("MAX"), right("BAR"), left(""));
        for (var line : commands) {
            table.row(
                    line.command,
                    ms(line.milliseconds.median()),
                    ms(line.milliseconds.min()),
                    ms(line.milliseconds.max()),
                    line.bar == null ? "" : line.bar + " ms",
                    line.bar == null ? "" : line.met() ? "met" : "MISSED");
        }
        return table.render();
    }

    private static String ms(double milliseconds) {
        return String.format(Locale.ROOT, "%.0f ms", milliseconds);
    }

    /**
     * One command.
     *
     * @param milliseconds from its start to its exit
     * @param bar what its median may be, in milliseconds; null if it is only there to compare with
     */
    public record Line(
            String command, Spread milliseconds, @Nullable Long bar) {
        /** Whether the median is not above the bar. */
        boolean met() {
            return bar == null || milliseconds.median() <= bar;
        }
    }
}
