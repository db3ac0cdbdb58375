package dev.backfleet.coordinator.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.quarantine.QuarantinePage;
import dev.backfleet.coordinator.screen.Screens;
import gg.jte.generated.precompiled.JtejobGenerated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

/** What a job's page shows, as a function of its status. */
class JobViewTest {

    @Test
    void a_job_that_moves_says_how_fast_and_until_when() {
        var view = JobView.of("", new Screens().worker("w-1", true, true).snapshot());
        assertThat(view.first()).isNull();
        assertThat(view.line().chip().words()).isEqualTo("RUNNING");
        assertThat(view.line().verdict().get(0).text()).contains(" rows/s", "; ETA ");
        assertThat(view.commands()).contains("backfleet pause split-names --reason '...'");
    }

    @Test
    void a_problem_says_whether_work_goes_on_by_itself() {
        var halted =
                JobView.of("", new Screens().state(JobState.HALTED).error("x").snapshot());
        assertThat(halted.line().verdict())
                .contains(
                        new Prose.Part("backfleet resume split-names", true),
                        new Prose.Part("backfleet cancel split-names", true));
        assertThat(halted.first()).isNotNull();
        assertThat(halted.first().note()).isEqualTo("It stays until somebody acts.");
        assertThat(halted.first().tone()).isEqualTo("bad");
        var closed = JobView.of("", new Screens().window(false).snapshot());
        assertThat(closed.first()).isNotNull();
        assertThat(closed.first().note()).isEqualTo("Work goes on by itself when this is over.");
    }

    @Test
    void rows_in_quarantine_are_told_by_reason() {
        var view = JobView.of("", new Screens().quarantined(1).snapshot());
        var reasons = QuarantineView.of(new QuarantinePage(
                1, List.of(new QuarantinePage.Reason(1, "23514", "no <b>")), List.of("id"), List.of(), null));
        var frame = new Frame("", "split-names", "", null, null);
        var page = Jsoup.parse(Html.of(out -> JtejobGenerated.render(out, null, frame, view, reasons)));
        assertThat(page.text()).contains("1 row that PostgreSQL has rejected", "1 × 23514 no <b>");
        assertThat(page.select(".commands").text()).contains("backfleet quarantine split-names");
    }

    @Test
    void one_failed_shard_in_a_million_is_seen_in_the_strip() {
        var buckets = 1_024;
        var total = Collections.nCopies(buckets, 977);
        var done = new ArrayList<>(Collections.nCopies(buckets, 977));
        var failed = new ArrayList<>(Collections.nCopies(buckets, 0));
        done.set(700, 976);
        failed.set(700, 1);
        var map = new ShardMap(977, total, done, Collections.nCopies(buckets, 0), failed, null);
        var strip = JobView.of("", new Screens().map(map).snapshot()).strip();
        assertThat(strip).isNotNull();
        assertThat(strip.columns()).isEqualTo(buckets);
        assertThat(strip.bars())
                .containsExactly(
                        new ShardStrip.Bar("done", 0, 0, 700, 40),
                        new ShardStrip.Bar("done", 700, 1, 1, 39),
                        new ShardStrip.Bar("failed", 700, 0, 1, 10),
                        new ShardStrip.Bar("done", 701, 0, 323, 40));
        assertThat(strip.words()).contains("10 of 20 done", "failed in bucket 701", "each column is 977 shards");
    }

    @Test
    void a_page_says_how_old_it_is_if_the_database_does_not_answer() {
        assertThat(new Frame("", "Jobs", "/", null, Duration.ofSeconds(12)).ageWords())
                .isEqualTo("As of 12s ago: the database does not answer.");
        assertThat(new Frame("", "Jobs", "/", null, null).ageWords()).isEmpty();
    }

    @Test
    void commands_are_told_from_words() {
        assertThat(Prose.parts("it's so; 'backfleet resume x' continues"))
                .isEqualTo(List.of(
                        new Prose.Part("it's so; ", false),
                        new Prose.Part("backfleet resume x", true),
                        new Prose.Part(" continues", false)));
        assertThat(Prose.parts("")).isEmpty();
    }
}
