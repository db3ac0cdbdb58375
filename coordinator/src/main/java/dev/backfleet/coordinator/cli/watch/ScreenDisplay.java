package dev.backfleet.coordinator.cli.watch;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.screen.LiveScreen;
import dev.backfleet.coordinator.screen.ProgressScreen;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.function.Supplier;

/** Draws the status on a terminal, always in the same place. */
final class ScreenDisplay implements WatchLoop.Display {
    private final LiveScreen screen;
    private final Supplier<TerminalCapabilities> terminal;

    /** On a terminal whose size may change. */
    ScreenDisplay(PrintWriter out, Supplier<TerminalCapabilities> terminal) {
        this.screen = new LiveScreen(out);
        this.terminal = terminal;
    }

    @Override
    public void show(StatusPoller.News news) {
        var look = terminal.get();
        var lines = new ArrayList<>(ProgressScreen.lines(news.snapshot(), look));
        news.trouble()
                .map(trouble -> "DISCONNECTED since "
                        + HumanTime.moment(news.snapshot().fleet().at()) + ", reconnecting: " + trouble)
                .ifPresent(trouble -> lines.addAll(ProgressScreen.trouble(trouble, look)));
        if (!news.snapshot().job().atRest()) {
            lines.add(ProgressScreen.hint("Ctrl-C detaches, the job continues", look));
        }
        // Lines that scroll out of the terminal cannot be overwritten.
        screen.draw(lines.stream().limit(Math.max(1, look.rows() - 1)).toList(), look.columns());
    }

    @Override
    public void detached(JobStatus job) {
        screen.append(ProgressScreen.hint(
                "detached; the job continues: 'backfleet watch " + job.name() + "' reattaches", terminal.get()));
    }

    @Override
    public void close() {
        screen.close();
    }
}
