package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.RunOutcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a worker's log says of shards and batches, and of a job that pauses itself while several slots work on it. */
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
        logger.setLevel(null);
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

    private String lastLine() {
        var line = lines.list.get(lines.list.size() - 1);
        return line.getMessage() + " "
                + line.getKeyValuePairs().stream()
                        .filter(pair ->
                                !List.of("job", "shard", "epoch", "worker").contains(pair.key))
                        .map(pair -> pair.key + "=" + pair.value)
                        .collect(Collectors.joining(" "));
    }

    @Test
    void a_batch_and_a_shard_tell_how_much_for_which_tenant_and_after_which_failures() {
        logger.setLevel(Level.DEBUG);
        var report = reports.begin(Samples.tenantClaim());
        report.failed(Failures.of("55P03", "lock not available"));
        report.failed(Failures.of("40001", "could not serialize access"));
        var point = new Cursor(List.of("acme", "secret-key"));
        report.committed(new BatchResult(point, 500, 20, false, Samples.UNLIMITED), Duration.ofMillis(40));
        assertThat(lastLine())
                .isEqualTo("batch committed action=batch-committed tenant=acme rows=500 changed=20 took=PT0.04S");
        report.committed(new BatchResult(point, 30, 1, true, Samples.UNLIMITED), Duration.ofMillis(10));
        report.ended(new RunOutcome.Done());
        assertThat(lastLine())
                .isEqualTo(
                        "shard done action=shard-done tenant=acme rows=530 changed=21 batches=2 retries=2 took=PT0S code=40001");
    }

    @Test
    void a_key_is_never_logged_even_if_it_is_the_tenant() {
        logger.setLevel(Level.DEBUG);
        var report = reports.begin(Samples.claim());
        report.committed(Samples.moved(500, 4711), Duration.ofMillis(40));
        report.ended(new RunOutcome.Done());
        assertThat(lines.list).hasSize(3).allSatisfy(line -> assertThat(
                        line.getKeyValuePairs().toString())
                .doesNotContain("4711", "tenant"));
    }
}
