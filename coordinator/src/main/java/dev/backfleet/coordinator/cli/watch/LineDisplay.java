package dev.backfleet.coordinator.cli.watch;

import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.screen.ProgressLine;
import java.io.PrintWriter;

/** Prints the status as lines, for logs: the figures each time, notices when they change. */
final class LineDisplay implements WatchLoop.Display {
    private final PrintWriter out;
    private String notices = "";
    private String trouble = "";

    LineDisplay(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void show(StatusPoller.News news) {
        var problem = news.trouble().orElse("");
        if (problem.isEmpty()) {
            out.println(ProgressLine.of(news.snapshot()));
            var now = ProgressLine.notices(news.snapshot());
            if (!now.equals(notices) && !now.isEmpty()) {
                out.println("  " + now);
            }
            notices = now;
        } else if (!problem.equals(trouble)) {
            out.println("  disconnected, reconnecting: " + problem);
        }
        trouble = problem;
        out.flush();
    }

    @Override
    public void detached(JobStatus job) {
        out.println("  detached; the job continues");
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
