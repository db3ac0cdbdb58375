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
import java.util.stream.Collectors;

/** Makes checks side by side, each within a time limit, and keeps their order. One that fails or takes too long is a problem. */
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
    void begin(String area, String what, Callable<List<CheckResult>> check) {
        var results = new CompletableFuture<List<CheckResult>>();
        var thread = new Thread(
                () -> {
                    try {
                        results.complete(check.call());
                    } catch (Exception e) {
                        results.completeExceptionally(e);
                    }
                },
                "doctor-" + what.replace(' ', '-'));
        // One that hangs must not keep the command from ending.
        thread.setDaemon(true);
        thread.start();
        running.add(new Running(area, what, results));
    }

    /** The results of all checks. */
    List<CheckResult> results() throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        var ended = new ArrayList<Ended>();
        for (var check : running) {
            ended.add(ended(check, end));
        }
        // Two checks may have found the same.
        var results = new LinkedHashSet<CheckResult>();
        var areas = new LinkedHashSet<String>();
        running.forEach(check -> areas.add(check.area()));
        for (var area : areas) {
            results.addAll(together(ended.stream()
                    .filter(one -> one.check().area().equals(area))
                    .toList()));
        }
        return List.copyOf(results);
    }

    // The first check of an area asks whether there is an answer at all. If it fails, the failures of the others have
    // its cause.
    private List<CheckResult> together(List<Ended> checks) {
        if (checks.get(0).failure().isEmpty()) {
            return checks.stream().flatMap(one -> results(one).stream()).toList();
        }
        var failed = checks.stream().filter(one -> one.failure().isPresent()).toList();
        var cause = failed.stream()
                .filter(one -> one.explanation().isPresent())
                .findFirst()
                .orElse(failed.get(0));
        var results = new ArrayList<>(results(cause));
        var others = failed.stream()
                .map(one -> one.check().what())
                .filter(what -> !what.equals(checks.get(0).check().what()))
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            results.add(CheckResult.warning(cause.check().area(), "not checked for that reason: " + others, null));
        }
        checks.stream().filter(one -> one.failure().isEmpty()).forEach(one -> results.addAll(one.found()));
        return results;
    }

    private Ended ended(Running check, long end) throws InterruptedException {
        try {
            return new Ended(
                    check,
                    check.results().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS),
                    Optional.empty(),
                    Optional.empty());
        } catch (TimeoutException e) {
            return new Ended(check, List.of(), Optional.of(e), Optional.empty());
        } catch (ExecutionException e) {
            var failure = e.getCause() == null ? e : e.getCause();
            return new Ended(check, List.of(), Optional.of(failure), explained.apply(failure));
        }
    }

    private List<CheckResult> results(Ended ended) {
        return ended.failure().map(failure -> List.of(failed(ended, failure))).orElse(ended.found());
    }

    private CheckResult failed(Ended ended, Throwable failure) {
        var check = ended.check();
        if (failure instanceof TimeoutException) {
            return CheckResult.problem(
                    check.area(),
                    check.what() + ": no answer within " + limit.toSeconds() + " s",
                    "check the network, and what the server waits for");
        }
        return ended.explanation()
                .map(known -> CheckResult.problem(check.area(), known.what(), known.remedy()))
                .orElseGet(() -> CheckResult.problem(
                        check.area(),
                        check.what() + ": failed with " + failure.getClass().getSimpleName(),
                        "another command with --verbose shows more"));
    }

    /** How a check ended: with results, or with a failure, and what explains it. */
    private record Ended(
            Running check,
            List<CheckResult> found,
            Optional<Throwable> failure,
            Optional<ExplainedFailure> explanation) {}

    private record Running(String area, String what, CompletableFuture<List<CheckResult>> results) {}
}
