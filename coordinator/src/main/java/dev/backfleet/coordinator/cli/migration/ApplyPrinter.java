package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.ApplyProgress;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.JobProgress;
import dev.backfleet.coordinator.migration.step.Step;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints what an apply does, a line for each thing that happens. */
public final class ApplyPrinter implements ApplyProgress {
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final PrintWriter out;
    private final Interval job = new Interval(EVERY, Ticker.system());
    private final Interval wait = new Interval(EVERY, Ticker.system());
    private String told = "";
    private String begun = "";

    public ApplyPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void found(Step step) {
        line(step.id() + ": is there");
    }

    @Override
    public void left(Step step) {
        line(step.id() + ": left as it is, since others have made it (" + step.title() + "); to take it back: "
                + String.join("; ", step.undo()));
    }

    @Override
    public void begins(Step step) {
        told = "";
        begun = step.id();
        line(step.id() + ": " + step.title());
    }

    @Override
    public void takesBack(Step step) {
        told = "";
        line(step.id() + ": is taken back");
    }

    @Override
    public void waits(Step step, Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {
        var who = holders.stream().map(LockHolder::transaction).collect(Collectors.joining(" "));
        // The same wait is told once in a while, another one at once.
        if (wait.isDue() || !who.equals(told)) {
            told = who;
            line("  waits: " + reason.words() + "; nothing is requested for " + seconds(pause));
            holders.stream().limit(3).forEach(holder -> line("    " + holder.words()));
        }
    }

    @Override
    public void news(Step step, String text) {
        if (!text.equals(told)) {
            told = text;
            line("  " + text);
        }
    }

    @Override
    public void failed(Step step, String why) {
        if (!step.id().equals(begun)) {
            begins(step);
        }
        line("  failed: " + why);
    }

    @Override
    public void done(Step step, LockCost cost) {
        line("  done in " + seconds(cost.waited())
                + (cost.requests() == 0
                        ? ""
                        : ", " + cost.requests() + (cost.requests() == 1 ? " request" : " requests")
                                + " for its locks, the application held up for at most " + millis(cost.longest())
                                + " at a time, " + millis(cost.heldUp()) + " in all"));
    }

    @Override
    public void moved(MigrationState state) {
        line(state + ": " + lowerFirst(state.meaning()));
    }

    @Override
    public void job(JobProgress now) {
        if (job.isDue()) {
            line("  job " + now.name() + " (id " + now.id() + ") " + now.state() + ", "
                    + String.format(Locale.ROOT, "%.1f %%", now.percent())
                    + (now.trouble() == null ? "" : "; " + now.trouble()));
        }
    }

    /** A line about all of it. */
    public void tell(String text) {
        told = "";
        line(text);
    }

    private static String lowerFirst(String sentence) {
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT)
                + sentence.substring(1).replaceFirst("\\.$", "");
    }

    private static String millis(Duration duration) {
        return HumanText.number(duration.toMillis()) + " ms";
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() < 10_000
                ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
                : HumanText.elapsed(duration);
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }
}
