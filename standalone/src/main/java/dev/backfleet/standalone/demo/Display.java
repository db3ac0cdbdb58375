package dev.backfleet.standalone.demo;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.screen.LiveScreen;
import dev.backfleet.coordinator.screen.ProgressLine;
import dev.backfleet.coordinator.screen.ProgressScreen;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Shows the job's progress: on a terminal in place, otherwise as a line every second. */
public interface Display extends AutoCloseable {

    /** Shows the current state. */
    void show(Snapshot snapshot);

    /** Prints another message; thread-safe. */
    void say(String what);

    @Override
    void close();

    /** On a terminal. */
    static Display onTerminal(PrintWriter out, Supplier<TerminalCapabilities> terminal) {
        return new Terminal(out, terminal);
    }

    /** Into a file or a pipe. */
    static Display asLines(PrintWriter out, Ticker ticker) {
        return new Lines(out, ticker);
    }

    /** The live screen, with what has happened below it. */
    final class Terminal implements Display {
        /** What the screen leaves to others. */
        private static final int MOST_EVENTS = 3;

        private final LiveScreen screen;
        private final Supplier<TerminalCapabilities> terminal;
        private final List<String> events = new CopyOnWriteArrayList<>();

        private Terminal(PrintWriter out, Supplier<TerminalCapabilities> terminal) {
            this.screen = new LiveScreen(out);
            this.terminal = terminal;
        }

        @Override
        public void show(Snapshot snapshot) {
            var look = terminal.get();
            var lines = new ArrayList<>(ProgressScreen.lines(snapshot, look));
            var latest = List.copyOf(events);
            latest.stream()
                    .skip(Math.max(0, latest.size() - MOST_EVENTS))
                    .forEach(event -> lines.addAll(ProgressScreen.trouble(event, look)));
            screen.draw(lines, look.columns());
        }

        @Override
        public void say(String what) {
            events.addAll(what.lines().toList());
        }

        @Override
        public void close() {
            screen.close();
        }
    }

    /** A line every second. */
    final class Lines implements Display {
        private final PrintWriter out;
        private final Interval line;

        private Lines(PrintWriter out, Ticker ticker) {
            this.out = out;
            this.line = new Interval(Duration.ofSeconds(1), ticker);
        }

        @Override
        public void show(Snapshot snapshot) {
            if (line.isDue() || snapshot.job().atRest()) {
                out.println("  " + ProgressLine.of(snapshot));
                out.flush();
            }
        }

        @Override
        public void say(String what) {
            what.lines().forEach(line -> out.println("  " + line));
            out.flush();
        }

        @Override
        public void close() {
            out.flush();
        }
    }
}
