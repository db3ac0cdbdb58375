package dev.backfleet.benchmark.commands;

import dev.backfleet.benchmark.report.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long each command took, in each round. */
public final class Timings {
    private final Map<MeasuredCommand, List<Duration>> took = new EnumMap<>(MeasuredCommand.class);

    /** Adds a round. */
    public void add(MeasuredCommand command, Duration duration) {
        took.computeIfAbsent(command, key -> new ArrayList<>()).add(duration);
    }

    /** The milliseconds of a command. */
    Spread milliseconds(MeasuredCommand command) {
        return Spread.of(
                took.getOrDefault(command, List.of()).stream().mapToDouble(duration -> duration.toNanos() / 1e6));
    }
}
