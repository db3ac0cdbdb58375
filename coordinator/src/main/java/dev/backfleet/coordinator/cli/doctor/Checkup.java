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
        var results = new ArrayList<Result>();
        for (var check : running) {
            results.add(result(check, end));
        }
        // Two checks may have found the same.
        var findings = new LinkedHashSet<Finding>();
        var areas = new LinkedHashSet<String>();
        running.forEach(check -> areas.add(check.area()));
        for (var area : areas) {
            findings.addAll(together(results.stream()
                    .filter(result -> result.check().area().equals(area))
                    .toList()));
        }
        return List.copyOf(findings);
    }

    // The first check of an area asks whether there is an answer at all. If it fails, the failures of the others have
    // its cause.
    private List<Finding> together(List<Result> results) {
        if (results.get(0).failure().isEmpty()) {
            return results.stream().flatMap(result -> findings(result).stream()).toList();
        }
        var failed =
                results.stream().filter(result -> result.failure().isPresent()).toList();
        var cause = failed.stream()
                .filter(result -> result.explanation().isPresent())
                .findFirst()
                .orElse(failed.get(0));
        var findings = new ArrayList<>(findings(cause));
        var others = failed.stream()
                .map(result -> result.check().what())
                .filter(what -> !what.equals(results.get(0).check().what()))
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            findings.add(Finding.warning(cause.check().area(), "not checked for that reason: " + others, null));
        }
        results.stream()
                .filter(result -> result.failure().isEmpty())
                .forEach(result -> findings.addAll(result.found()));
        return findings;
    }

    private Result result(Running check, long end) throws InterruptedException {
        try {
            return new Result(
                    check,
                    check.result().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS),
                    Optional.empty(),
                    Optional.empty());
        } catch (TimeoutException e) {
            return new Result(check, List.of(), Optional.of(e), Optional.empty());
        } catch (ExecutionException e) {
            var failure = e.getCause() == null ? e : e.getCause();
            return new Result(check, List.of(), Optional.of(failure), explained.apply(failure));
        }
    }

    private List<Finding> findings(Result result) {
        return result.failure().map(failure -> List.of(failed(result, failure))).orElse(result.found());
    }

    private Finding failed(Result result, Throwable failure) {
        var check = result.check();
        if (failure instanceof TimeoutException) {
            return Finding.problem(
                    check.area(),
                    check.what() + ": no answer within " + limit.toSeconds() + " s",
                    "check the network, and what the server waits for");
        }
        return result.explanation()
                .map(known -> Finding.problem(check.area(), known.what(), known.remedy()))
                .orElseGet(() -> Finding.problem(
                        check.area(),
                        check.what() + ": failed with " + failure.getClass().getSimpleName(),
                        "another command with --verbose shows more"));
    }

    /** How a check ended: with findings, or with a failure, and what explains it. */
    private record Result(
            Running check, List<Finding> found, Optional<Throwable> failure, Optional<ExplainedFailure> explanation) {}

    private record Running(String area, String what, CompletableFuture<List<Finding>> result) {}
}
