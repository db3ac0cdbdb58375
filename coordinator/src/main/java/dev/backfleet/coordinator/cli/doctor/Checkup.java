package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.failure.ExplainedFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Makes checks side by side, each within a time limit, and keeps their order. One that fails or takes too long is a finding. */
final class Checkup {
    private final Duration limit;
    private final Function<Throwable, Optional<ExplainedFailure>> explained;
    private final List<Running> running = new ArrayList<>();

    /**
     * A checkup.
     *
     * @param limit for each check
     * @param explained failures of servers in words
     */
    Checkup(Duration limit, Function<Throwable, Optional<ExplainedFailure>> explained) {
        this.limit = limit;
        this.explained = explained;
    }

    /** Begins a check. */
    void begin(String area, String what, Callable<List<Finding>> check) {
        var result = new CompletableFuture<List<Finding>>();
        var thread = new Thread(
                () -> {
                    try {
                        result.complete(check.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                },
                "doctor-" + what.replace(' ', '-'));
        // One that hangs must not keep the command from ending.
        thread.setDaemon(true);
        thread.start();
        running.add(new Running(area, what, result));
    }

    /** What all checks have found. */
    List<Finding> findings() throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        // One unreachable server is one finding, however many checks have asked it.
        var findings = new LinkedHashSet<Finding>();
        for (var check : running) {
            findings.addAll(findings(check, end));
        }
        return List.copyOf(findings);
    }

    private List<Finding> findings(Running check, long end) throws InterruptedException {
        try {
            return check.result().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return List.of(Finding.problem(
                    check.area(),
                    check.what() + ": no answer within " + limit.toSeconds() + " s",
                    "check the network, and what the server waits for"));
        } catch (ExecutionException e) {
            return List.of(failed(check, e.getCause() == null ? e : e.getCause()));
        }
    }

    private Finding failed(Running check, Throwable failure) {
        return explained
                .apply(failure)
                .map(known -> Finding.problem(check.area(), known.what(), known.remedy()))
                .orElseGet(() -> Finding.problem(
                        check.area(),
                        check.what() + ": failed with " + failure.getClass().getSimpleName(),
                        "another command with --verbose shows more"));
    }

    private record Running(String area, String what, CompletableFuture<List<Finding>> result) {}
}
