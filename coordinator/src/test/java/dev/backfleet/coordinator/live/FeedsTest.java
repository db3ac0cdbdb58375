package dev.backfleet.coordinator.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How often is looked for those who watch, and what they are told. */
class FeedsTest {
    private final AtomicLong seconds = new AtomicLong();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicReference<String> status = new AtomicReference<>("one");
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private boolean heldUp;
    private final Feeds feeds = new Feeds(this::look, () -> Duration.ofSeconds(seconds.get()), Runnable::run, () -> {});

    private Looks.Look look(long id) {
        looks.incrementAndGet();
        if (failure.get() != null) {
            throw failure.get();
        }
        return new Looks.Look(Map.of(Looks.JOB, id + " " + status.get()), heldUp);
    }

    private void aSecondLater() {
        seconds.incrementAndGet();
        feeds.tick();
    }

    private Told watched(long job) {
        var viewer = new Told();
        assertThat(feeds.watchJob(job, viewer)).isTrue();
        return viewer;
    }

    @Test
    void two_hundred_viewers_of_a_job_cost_as_many_looks_as_one() {
        var viewers = new ArrayList<Told>();
        for (var i = 0; i < 200; i++) {
            viewers.add(watched(7));
        }
        assertThat(looks).hasValue(1);
        aSecondLater();
        aSecondLater();
        assertThat(looks).hasValue(3);
        assertThat(viewers).allSatisfy(viewer -> assertThat(viewer.events).containsExactly("job 7 one"));
        assertThat(feeds.watchJob(7, new Told())).isFalse();
    }

    @Test
    void a_job_that_is_held_up_is_looked_at_every_other_second() {
        heldUp = true;
        var viewer = watched(7);
        for (var i = 0; i < 10; i++) {
            aSecondLater();
        }
        assertThat(looks).hasValue(6);
        heldUp = false;
        status.set("moves");
        aSecondLater();
        aSecondLater();
        aSecondLater();
        assertThat(looks).hasValue(8);
        assertThat(viewer.events).containsExactly("job 7 one", "job 7 moves");
    }

    @Test
    void a_viewer_is_told_what_has_changed_and_nothing_else() {
        var viewer = watched(7);
        aSecondLater();
        status.set("two");
        aSecondLater();
        aSecondLater();
        assertThat(viewer.events).containsExactly("job 7 one", "job 7 two");
        assertThat(watched(7).events).containsExactly("job 7 two");
    }

    @Test
    void nobody_looks_at_what_nobody_watches() {
        var viewer = watched(7);
        var other = watched(8);
        viewer.ended = true;
        aSecondLater();
        assertThat(looks).hasValue(3);
        other.ended = true;
        aSecondLater();
        assertThat(looks).hasValue(3);
        assertThat(feeds.viewers()).isZero();
    }

    @Test
    void viewers_are_told_how_old_the_last_answer_is_while_there_is_none() {
        var viewer = watched(7);
        failure.set(new ExplainedFailure(Kind.UNUSABLE, "no server listens there", null));
        for (var i = 0; i < 5; i++) {
            aSecondLater();
        }
        assertThat(viewer.events)
                .containsExactly(
                        "job 7 one",
                        "stale {\"ageSeconds\":4,\"reason\":\"no server listens there\"}",
                        "stale {\"ageSeconds\":5,\"reason\":\"no server listens there\"}");
        failure.set(null);
        aSecondLater();
        assertThat(viewer.events).endsWith("job 7 one");
    }

    @Test
    void what_the_coordinator_cannot_tell_is_not_blamed_on_the_database() {
        var viewer = watched(7);
        failure.set(new IllegalStateException("a bug"));
        for (var i = 0; i < 4; i++) {
            aSecondLater();
        }
        assertThat(viewer.events)
                .endsWith(
                        "stale {\"ageSeconds\":4,\"reason\":\"the coordinator cannot tell what it has read: see its log\"}");
    }

    @Test
    void a_stream_ends_when_its_job_is_gone() {
        var viewer = watched(7);
        failure.set(new ExplainedFailure(Kind.NOT_FOUND, "job 7 no longer exists", null));
        aSecondLater();
        assertThat(viewer.events).endsWith("gone {}");
        assertThat(viewer.ended).isTrue();
    }

    @Test
    void all_streams_end_with_the_server() {
        var viewer = watched(7);
        feeds.close();
        assertThat(viewer.ended).isTrue();
    }

    /** Remembers what it is told. */
    private static final class Told implements Viewer {
        private final List<String> events = new ArrayList<>();
        private boolean ended;

        @Override
        public void tell(String event, String data) {
            events.add(event + " " + data);
        }

        @Override
        public void tick() {}

        @Override
        public void end() {
            ended = true;
        }

        @Override
        public boolean ended() {
            return ended;
        }
    }
}
