package dev.backfleet.coordinator.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The live screen's lines. */
class ProgressScreenTest {
    private static final TerminalCapabilities PLAIN = new TerminalCapabilities(80, 24, false);
    private static final String ESCAPE = "\u001b";

    @Test
    void a_running_job_shows_progress_rate_time_left_shards_and_workers() {
        var snapshot = new Screens()
                .worker("w-1", true, true, new WorkerStatus.Held(7, 3), new WorkerStatus.Held(7, 9))
                .worker("w-20", true, true, new WorkerStatus.Held(8, 1))
                .worker("w-3", true, false)
                .worker("w-4", false, true)
                .snapshot();
        assertThat(String.join("\n", ProgressScreen.lines(snapshot, PLAIN))).isEqualTo("""
                split-names  RUNNING  job 7 on public.people
                a worker has sent no heartbeat for 12s: w-4; killed, frozen or cut off; no shard
                is left with it
                ███████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░   51.2 %  ETA <3m
                rows     512,345 of about 1,000,000 scanned, 500,123 changed
                rate     24,310 rows/s, limit 50,000 rows/s
                shards   10 of 20 done, 4 running, 2 dispatched, 4 pending
                elapsed  1m 30s
                workers  3 work on this job; 3 alive with 12 slots
                  w-1   2/4  shards 3 9
                  w-20  1/4  1 of other jobs
                  w-3   0/4  accepts no tasks
                  w-4   0/4  no heartbeat for 12s""");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 80, 120, 200})
    void no_line_is_wider_than_the_screen(int columns) {
        var snapshot = new Screens()
                .name("a-very-long-name-".repeat(10))
                .fleetPaused("ann", "reason ".repeat(30) + "x".repeat(300))
                .workers(5)
                .snapshot();
        assertThat(ProgressScreen.lines(snapshot, new TerminalCapabilities(columns, 30, false)))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 120})
    void no_word_is_lost_on_a_narrow_screen(int columns) {
        var snapshot = new Screens()
                .fleetPaused("ann", "the replica in the other region lags behind by more than it may")
                .worker(
                        "worker-with-a-long-name-1",
                        true,
                        true,
                        new WorkerStatus.Held(7, 3),
                        new WorkerStatus.Held(7, 9))
                .worker("w-2", false, true)
                .snapshot();
        var wide = ProgressScreen.lines(snapshot, new TerminalCapabilities(1_000, 60, false));
        var narrow = ProgressScreen.lines(snapshot, new TerminalCapabilities(columns, 60, false));
        assertThat(words(narrow)).isEqualTo(words(wide));
        assertThat(narrow).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
        assertThat(String.join("", narrow)).doesNotContain("…");
    }

    @Test
    void what_has_no_room_ends_with_an_ellipsis() {
        var snapshot = new Screens()
                .fleetPaused("ann", "word ".repeat(200).strip())
                .workers(3)
                .snapshot();
        var lines = ProgressScreen.lines(snapshot, new TerminalCapabilities(60, 24, false));
        assertThat(lines).hasSizeLessThanOrEqualTo(24 - 5);
        assertThat(lines).filteredOn(line -> line.endsWith("word…")).hasSize(1);
    }

    private static List<String> words(List<String> lines) {
        return Stream.of(String.join(" ", lines).replaceAll("[█░]+", "bar").split(" +"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 24, 50})
    void many_workers_do_not_push_the_screen_out_of_the_terminal(int rows) {
        var snapshot = new Screens().workers(100).snapshot();
        var lines = ProgressScreen.lines(snapshot, new TerminalCapabilities(80, rows, false));
        assertThat(lines).hasSizeLessThanOrEqualTo(rows - 5);
        assertThat(lines.get(lines.size() - 1)).matches("  and [0-9]+ more");
    }

    @Test
    void a_paused_fleet_is_said_loudly_with_who_why_and_the_way_on() {
        var lines = ProgressScreen.lines(
                new Screens().fleetPaused("ann", "replica lag").workers(1).snapshot(),
                new TerminalCapabilities(200, 24, true));
        assertThat(lines.get(1))
                .isEqualTo(ESCAPE + "[1;30;43mTHE FLEET IS PAUSED by ann since 2026-11-21 10:04:33 UTC: replica lag;"
                        + " 'backfleet resume' resumes it" + ESCAPE + "[0m");
    }

    @Test
    void a_paused_job_says_why_and_how_to_resume_it() {
        var snapshot = new Screens()
                .state(JobState.PAUSED)
                .reason("paused by ann: lunch")
                .snapshot();
        assertThat(ProgressScreen.lines(snapshot, PLAIN))
                .contains("paused by ann: lunch; 'backfleet resume split-names' resumes it");
    }

    @Test
    void a_rollout_shows_its_wave_and_when_the_next_one_begins() {
        var soaking = new WaveStatus(1, 3, 0, Screens.NOW.minusSeconds(310), Screens.NOW.plusSeconds(290), false, null);
        assertThat(ProgressScreen.lines(new Screens().workers(1).wave(soaking).snapshot(), PLAIN))
                .contains("wave     1 of 3, done 5m 10s ago, the next one begins in 4m 50s");
        assertThat(ProgressScreen.lines(new Screens().workers(1).snapshot(), PLAIN))
                .noneMatch(line -> line.startsWith("wave"));
    }

    @Test
    void a_failed_job_shows_its_error_and_no_workers() {
        var snapshot = new Screens()
                .state(JobState.FAILED)
                .error("shard 3: 22001 too long")
                .workers(3)
                .snapshot();
        assertThat(ProgressScreen.lines(snapshot, PLAIN))
                .contains("shard 3: 22001 too long")
                .noneMatch(line -> line.startsWith("workers"));
    }

    @Test
    void what_a_job_waits_for_is_said() {
        assertThat(ProgressScreen.lines(new Screens().noLeader().snapshot(), new TerminalCapabilities(120, 24, false)))
                .anyMatch(line -> line.startsWith("no active coordinator"))
                .anyMatch(line -> line.startsWith("no worker is alive"));
        assertThat(ProgressScreen.lines(new Screens().workers(1).snapshot(), PLAIN))
                .noneMatch(line -> line.startsWith("no "));
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void colours_change_nothing_but_colours(JobState state) {
        var snapshot = new Screens().state(state).workers(2).snapshot();
        var plain = ProgressScreen.lines(snapshot, PLAIN);
        var coloured = ProgressScreen.lines(snapshot, new TerminalCapabilities(80, 24, true));
        assertThat(coloured.stream().map(line -> line.replaceAll(ESCAPE + "\\[[0-9;]*m", "")))
                .isEqualTo(plain);
        assertThat(String.join("", plain)).doesNotContain(ESCAPE);
        assertThat(String.join("", coloured)).contains(ESCAPE);
    }

    @Test
    void names_and_messages_of_others_cannot_move_the_cursor() {
        var snapshot = new Screens()
                .name("a" + ESCAPE + "[2Jb")
                .state(JobState.HALTED)
                .error("one\ntwo\r" + ESCAPE + "[Hthree")
                .snapshot();
        assertThat(ProgressScreen.lines(snapshot, PLAIN))
                .allSatisfy(line -> assertThat(line.chars()).noneMatch(Character::isISOControl));
    }

    @Test
    void the_bar_is_full_only_in_the_end() {
        var over = ProgressScreen.lines(new Screens().state(JobState.SUCCEEDED).snapshot(), PLAIN);
        assertThat(over.get(1)).contains("█".repeat(54) + "  100.0 %").doesNotContain("░", "ETA");
        assertThat(Set.of(JobState.PAUSED, JobState.HALTED)).allSatisfy(state -> assertThat(
                        ProgressScreen.lines(new Screens().state(state).snapshot(), PLAIN)
                                .get(1))
                .doesNotContain("ETA"));
    }
}
