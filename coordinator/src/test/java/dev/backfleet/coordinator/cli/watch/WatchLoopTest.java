package dev.backfleet.coordinator.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Notifications;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.screen.Screens;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Looking on: until when, through which troubles, and with which result. */
class WatchLoopTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final CompletableFuture<ExitCode> stop = new CompletableFuture<>();
    private final Shown shown = new Shown();

    /** Remembers what it is told to show. */
    private static final class Shown implements WatchLoop.Display {
        private final List<StatusPoller.News> news = new ArrayList<>();
        private boolean detached;
        private boolean closed;
        private Runnable each = () -> {};

        @Override
        public void show(StatusPoller.News latest) {
            news.add(latest);
            each.run();
        }

        @Override
        public void detached(JobStatus job) {
            detached = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Snapshot in(JobState state) {
        return new Screens().state(state).snapshot();
    }

    private static Supplier<Snapshot> answers(List<Supplier<Snapshot>> answers) {
        Deque<Supplier<Snapshot>> left = new ArrayDeque<>(answers);
        return () -> left.remove().get();
    }

    private ExitCode watch(Supplier<Snapshot> source) throws InterruptedException {
        try (var feed = new StatusPoller(source, in(JobState.RUNNING), Ticker.system())) {
            return WatchLoop.run(feed, shown, AT_ONCE, stop);
        }
    }

    private static IllegalStateException lost() {
        return new IllegalStateException(new SQLException("the connection broke", "08006"));
    }

    @Test
    void it_ends_with_0_when_the_job_succeeds() throws InterruptedException {
        assertThat(watch(answers(List.of(() -> in(JobState.RUNNING), () -> in(JobState.SUCCEEDED)))))
                .isEqualTo(ExitCode.DONE);
        assertThat(shown.news)
                .extracting(news -> news.snapshot().job().state())
                .endsWith(JobState.RUNNING, JobState.SUCCEEDED);
        assertThat(shown.closed).isTrue();
        assertThat(shown.detached).isFalse();
    }

    @Test
    void it_ends_with_9_when_the_job_succeeds_and_rows_are_missing() {
        var through = new Screens().state(JobState.SUCCEEDED).quarantined(1).snapshot();
        assertThatThrownBy(() -> watch(answers(List.of(() -> through))))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.QUARANTINED))
                .hasMessage("job split-names (id 7) SUCCEEDED, but 1 row is in quarantine and not changed: "
                        + "see 'backfleet quarantine 7'");
    }

    @Test
    void it_ends_with_1_and_the_error_when_the_job_halts() {
        var halted = new Screens().state(JobState.HALTED).error("another table").snapshot();
        assertThatThrownBy(() -> watch(answers(List.of(() -> halted))))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.JOB_FAILED))
                .hasMessage("job split-names (id 7) HALTED: another table");
        assertThat(shown.closed).isTrue();
    }

    @Test
    void ctrl_c_detaches_with_130() throws InterruptedException {
        shown.each = () -> stop.complete(ExitCode.INTERRUPTED);
        assertThat(watch(() -> in(JobState.RUNNING))).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(shown.detached).isTrue();
        assertThat(shown.closed).isTrue();
    }

    @Test
    void a_lost_connection_is_said_and_overcome() throws InterruptedException {
        Supplier<Snapshot> broken = () -> {
            throw lost();
        };
        assertThat(watch(answers(List.of(broken, broken, () -> in(JobState.RUNNING), () -> in(JobState.SUCCEEDED)))))
                .isEqualTo(ExitCode.DONE);
        assertThat(shown.news).anySatisfy(news -> assertThat(news.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble).contains("the connection broke")));
        assertThat(shown.news.get(shown.news.size() - 1).trouble()).isEmpty();
    }

    @Test
    void another_failure_is_not_swallowed() {
        Supplier<Snapshot> bug = () -> {
            throw new IllegalArgumentException("a bug");
        };
        assertThatThrownBy(() -> watch(answers(List.of(bug, () -> in(JobState.SUCCEEDED)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(shown.closed).isTrue();
    }

    @Test
    void a_database_that_says_nothing_does_not_stop_the_screen() throws InterruptedException {
        var now = new AtomicLong();
        var silence = new CountDownLatch(1);
        Supplier<Snapshot> source = () -> {
            try {
                silence.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return in(JobState.SUCCEEDED);
        };
        try (var feed = new StatusPoller(source, in(JobState.RUNNING), () -> Duration.ofSeconds(now.get()))) {
            assertThat(feed.next().trouble()).isEmpty();
            now.set(4);
            assertThat(feed.next().trouble()).contains("the database does not answer");
            silence.countDown();
            await().untilAsserted(() ->
                    assertThat(feed.next().snapshot().job().state()).isEqualTo(JobState.SUCCEEDED));
            assertThat(feed.latest().trouble()).isEmpty();
        }
    }

    private static List<String> lines(Snapshot... snapshots) {
        var out = new StringWriter();
        try (var lines = new LineDisplay(new PrintWriter(out))) {
            for (var snapshot : snapshots) {
                lines.show(new StatusPoller.News(snapshot, Optional.empty()));
            }
        }
        return out.toString()
                .lines()
                .map(line -> line.substring(0, Math.min(12, line.length())))
                .toList();
    }

    @Test
    void lines_for_a_log_tell_each_problem_once_on_its_own_line_the_worst_first() {
        var first = new Screens().stillFor(22, 0, 0).notes("a note").snapshot();
        var longer = new Screens().stillFor(25, 0, 0).notes("a note").noLeader().snapshot();
        assertThat(lines(first, first, longer))
                .containsExactly(
                        "2026-11-21T1", "  no worker ", "  a note", "2026-11-21T1", "2026-11-21T1", "  no active ");
    }

    @Test
    void lines_for_a_log_do_not_repeat_a_problem_because_it_lasts() {
        var first = new Screens().workers(1).worker("w-9", false, true).snapshot();
        var later = new Snapshot(
                first.job(),
                new FleetStatus(
                        Screens.NOW.plusSeconds(3),
                        "c-1",
                        false,
                        false,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        Notifications.NONE),
                first.workers(),
                List.of(),
                first.map());
        assertThat(lines(first, later)).containsExactly("2026-11-21T1", "  a worker h", "2026-11-21T1");
    }

    @Test
    void lines_for_a_log_report_a_lost_connection_once() {
        var out = new StringWriter();
        try (var lines = new LineDisplay(new PrintWriter(out))) {
            var good = new StatusPoller.News(new Screens().workers(1).snapshot(), Optional.empty());
            var bad = new StatusPoller.News(good.snapshot(), Optional.of("gone"));
            List.of(good, bad, bad, good).forEach(lines::show);
        }
        assertThat(out.toString().lines().map(line -> line.substring(0, 12)))
                .containsExactly("2026-11-21T1", "  disconnect", "2026-11-21T1");
    }
}
