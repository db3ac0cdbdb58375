package dev.backfleet.coordinator.cli.watch;

import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.ProblemCode;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.screen.ProgressLine;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Prints the status as lines, for logs: the figures each time, a problem when it is new. */
final class LineDisplay implements WatchLoop.Display {
    private final PrintWriter out;
    private Set<String> told = Set.of();
    private String trouble = "";

    LineDisplay(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void show(StatusPoller.News news) {
        var problem = news.trouble().orElse("");
        if (problem.isEmpty()) {
            out.println(ProgressLine.of(news.snapshot()));
            tell(JobProblems.of(news.snapshot()));
        } else if (!problem.equals(trouble)) {
            out.println("  disconnected, reconnecting: " + problem);
        }
        trouble = problem;
        out.flush();
    }

    private void tell(List<Problem> problems) {
        var now = new HashSet<String>();
        for (var problem : problems) {
            now.add(identity(problem));
            if (!told.contains(identity(problem))) {
                out.println("  " + ProgressLine.of(problem));
            }
        }
        told = now;
    }

    // Messages tell how long it lasts, and would be new each time.
    private static String identity(Problem problem) {
        return problem.code() + " " + problem.since() + " "
                + (problem.code() == ProblemCode.REMARK ? problem.message() : problem.remedy());
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
