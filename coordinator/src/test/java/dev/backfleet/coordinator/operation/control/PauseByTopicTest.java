package dev.backfleet.coordinator.operation.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlSubject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said and published when a pause is asked for and the database does not answer. */
class PauseByTopicTest {
    private static final Actor ACTOR = Actor.commandLine("me");

    private final Map<Scope, ControlRecord> published = new LinkedHashMap<>();
    private final PauseByTopic pause = new PauseByTopic((scope, record) -> {
        published.put(scope, record);
        return new ControlPosition("topic", 1, Instant.EPOCH);
    });

    @Test
    void the_fleet_a_job_by_id_and_its_tenant_are_paused_and_nothing_is_confirmed() {
        var record = new ControlRecord(DesiredState.PAUSE, "why", "me");
        assertThat(pause.run(ACTOR, ControlSubject.FLEET, "why")).contains("is published", "NOT confirmed");
        assertThat(pause.run(ACTOR, ControlSubject.job("12"), "why")).contains("the pause of 12");
        pause.run(ACTOR, ControlSubject.tenant("12", "a/b"), "why");
        assertThat(published)
                .containsExactly(
                        Map.entry(Scope.FLEET, record),
                        Map.entry(Scope.job(12), record),
                        Map.entry(Scope.tenant(12, "a/b"), record));
    }

    @Test
    void a_job_by_name_is_not_paused_and_the_ways_that_work_are_named() {
        assertThat(pause.run(ACTOR, ControlSubject.job("split-names"), null))
                .startsWith("NOT paused")
                .contains("'backfleet pause ID'", "'backfleet pause'");
        assertThat(published).isEmpty();
    }

    @Test
    void a_topic_that_cannot_be_written_is_told_as_well() {
        var broken = new PauseByTopic((scope, record) -> {
            throw new IllegalStateException("no broker");
        });
        assertThat(broken.run(ACTOR, ControlSubject.FLEET, null))
                .startsWith("NOT paused")
                .contains("no broker");
    }
}
