package dev.backfleet.coordinator.cli;

import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.screen.Figures;
import dev.backfleet.coordinator.screen.LiveScreen;
import dev.backfleet.coordinator.screen.Look;
import dev.backfleet.coordinator.screen.ProgressScreen;
import java.io.PrintWriter;
import java.util.ArrayList;

/** Shows news on a terminal, always in the same place. */
final class ScreenDisplay implements Watching.Display {
    private final LiveScreen screen;
    private final Look look;

    ScreenDisplay(PrintWriter out, Look look) {
        this.screen = new LiveScreen(out);
        this.look = look;
    }

    @Override
    public void show(Feed.News news) {
        var lines = new ArrayList<>(ProgressScreen.lines(news.snapshot(), look));
        news.trouble().ifPresent(trouble -> {
            lines.add(ProgressScreen.trouble("NO NEWS since " + time(news.snapshot()) + ", trying again", look));
            lines.add(ProgressScreen.trouble(trouble, look));
        });
        if (!news.snapshot().job().atRest()) {
            lines.add(ProgressScreen.hint("Ctrl-C detaches, the job goes on", look));
        }
        screen.draw(lines);
    }

    @Override
    public void detached(JobStatus job) {
        screen.append(ProgressScreen.hint(
                "detached; the job goes on: 'backfleet watch " + job.name() + "' looks on again", look));
    }

    private static String time(Snapshot snapshot) {
        return Figures.moment(snapshot.fleet().at());
    }

    @Override
    public void close() {
        screen.close();
    }
}
