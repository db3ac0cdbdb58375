package dev.backfleet.coordinator.cli.text;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.operation.control.StopWork.Stopped;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The result of a stop in words; never says that a stop is done before it is proven.
 *
 * @param doing the word while the stop is not proven
 * @param done the word when it is proven
 */
public record StopText(String doing, String done) {
    public static final StopText PAUSE = new StopText("pausing", "paused");
    public static final StopText CANCEL = new StopText("cancelling", "cancelled");

    /**
     * Prints what a stop has come to that the database did not confirm, and returns the failure that ends the command. It has one
     * exit code, whatever the database failed with in time.
     *
     * @param sentence whether the stop is published, and what to do
     * @param failure how the database failed
     */
    public static RuntimeException unconfirmed(
            CommandSpec spec, SettingsOptions options, String sentence, RuntimeException failure) {
        var err = spec.commandLine().getErr();
        err.println("backfleet: " + sentence);
        err.flush();
        return Session.explained(options, failure)
                .<RuntimeException>map(known -> known.kind() == ExplainedFailure.Kind.TIMED_OUT
                        ? new CommandException(ExitCode.CANNOT_CONNECT, String.valueOf(known.getMessage()), failure)
                        : known)
                .orElse(failure);
    }

    /** Prints the result, and before it a warning if the control record could not be published. */
    public void print(CommandSpec spec, @Nullable String job, Stopped stopped) {
        var line = spec.commandLine();
        stopped.unpublished().ifPresent(why -> line.getErr()
                .println("backfleet: warning: the workers could not be informed over Kafka (" + why
                        + "); PostgreSQL rejects their batches instead"));
        line.getErr().flush();
        var named = job == null ? "the fleet" : job;
        var what = stopped.scope() instanceof Scope.Tenant one ? "tenant " + one.tenant() + " of " + named : named;
        line.getOut().println(words(what, stopped));
        line.getOut().flush();
    }

    private String words(String what, Stopped stopped) {
        if (!stopped.proven().orElse(false)) {
            return doing + " " + what + ahead(stopped);
        }
        var last = stopped.lastBatch()
                .map(at -> "; the last batch ended at " + at)
                .orElse("; no batch was ever committed");
        return done + " " + what + " within " + stopped.took().toMillis() + "ms" + last;
    }

    private String ahead(Stopped stopped) {
        if (stopped.proven().isEmpty() || stopped.state().isEmpty()) {
            return "";
        }
        var state = stopped.state().get();
        return state == JobState.PLANNING
                ? ": it is PLANNING, and is " + done + " when it is planned"
                : ": it is " + state + ", and rows may still change; `backfleet status` shows when it has stopped";
    }
}
