package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.backfleet.common.event.Event;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.RunOutcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a worker's log says of a job that pauses itself while several slots work on it. */
class WorkReportsTest {
    private static final Failure DENIED = Failures.of("42501", "permission denied for table t");

    private final Logger logger = (Logger) LoggerFactory.getLogger(WorkReports.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<Event> events = new ArrayList<>();
    private final WorkReports reports = new WorkReports(
            "w",
            events::add,
            new WorkMetrics(new SimpleMeterRegistry()),
            InstantSource.fixed(Instant.EPOCH),
            () -> Duration.ZERO);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void asBefore() {
        logger.detachAppender(lines);
    }

    private List<String> errors() {
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.ERROR)
                .map(line -> line.getMessage() + " " + line.getKeyValuePairs())
                .toList();
    }

    @Test
    void a_pause_is_logged_once_with_its_true_cause_however_many_slots_meet_it() {
        var slots = List.of(reports.begin(Samples.claim()), reports.begin(Samples.claim()));
        slots.forEach(slot -> slot.ended(new RunOutcome.PauseJob(DENIED)));
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("job paused itself: a permission is missing ")
                .contains("42501: permission denied for table t");
        assertThat(events.stream().map(Event::type))
                .containsExactly(Event.Type.CLAIMED, Event.Type.CLAIMED, Event.Type.STOPPED, Event.Type.STOPPED);

        reports.begin(Samples.claim()).ended(new RunOutcome.PauseJob(DENIED));
        assertThat(errors()).as("after a resume").hasSize(2);
    }
}
