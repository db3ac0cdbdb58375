package dev.backfleet.standalone.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.notify.EventComposer;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.EventType;
import dev.backfleet.coordinator.notify.StoredEvent;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.GateFacts;
import dev.backfleet.coordinator.query.reconcile.Pass;
import dev.backfleet.coordinator.query.reconcile.WrongRowCounts;
import dev.backfleet.coordinator.screen.Screens;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schemas in the documents are those of what is written. */
class EventSchemasTest {
    private static final StoredEvent PAUSED = new StoredEvent(
            7, Instant.parse("2026-11-30T20:00:00Z"), "job.paused", 3L, "j", "PAUSING", "PAUSED", "deploy", "ann");

    private final EventValidation validation = new EventValidation();

    @Test
    void the_documents_have_the_schemas_of_what_is_written() {
        EventSchemas.all()
                .forEach((file, schema) ->
                        GeneratedPage.assertCurrent("docs/schema/" + file, schema.toPrettyString() + "\n"));
    }

    @Test
    void data_of_another_form_is_found() {
        var data = (ObjectNode)
                EventJson.read(EventComposer.withoutStatus(PAUSED).orElseThrow().data());
        var schema = EventSchemas.id("job.paused");
        assertThat(validation.errors(schema, data)).isEmpty();
        assertThat(validation.errors(schema, data.deepCopy().put("more", 1))).hasSize(1);
        assertThat(validation.errors(schema, data.deepCopy().put("after", "RUNNING")))
                .hasSize(1);
        assertThat(validation.errors(schema, data.deepCopy().put("statusAt", "yesterday")))
                .isNotEmpty();
        assertThat(validation.errors(schema, data.deepCopy().without("job"))).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = EventType.class, mode = EnumSource.Mode.EXCLUDE, names = "WEBHOOK_TEST")
    void each_type_is_written_as_its_schema_says_with_a_full_status_and_without_one(EventType type) {
        for (var known : List.of(true, false)) {
            var event = composer(type, known).compose(stored(type)).orElseThrow();
            assertThat(event.type()).isEqualTo(type);
            assertThat(validation.errors(EventSchemas.id(type.text()), EventJson.read(event.data())))
                    .as(event.data())
                    .isEmpty();
        }
    }

    private static StoredEvent stored(EventType type) {
        var ofFleet = type.text().startsWith("fleet.");
        var ofReconcile = type.text().startsWith("reconcile.");
        var after = EventSchemas.after(type).stream().findFirst().orElse("3");
        return new StoredEvent(
                7,
                PAUSED.at(),
                ofReconcile ? "reconcile" : type.text(),
                ofFleet ? null : 3L,
                ofFleet ? null : "split-names",
                ofReconcile ? "12" : null,
                ofReconcile ? "SUCCEEDED" : after,
                null,
                null);
    }

    private static EventComposer composer(EventType type, boolean known) {
        var snapshot = new Screens()
                .quarantined(2)
                .wave(new WaveStatus(1, 3, 4, null, null, false, null))
                .window(true)
                .trouble("53100", Screens.NOW)
                .snapshot();
        var pass = new Pass(12, PAUSED.at(), PAUSED.at(), 1, 100, 100, null);
        var missing = type == EventType.RECONCILE_DRIFT ? 1 : 0;
        var facts = new GateFacts(
                3,
                "split-names",
                type == EventType.RECONCILE_INCOMPLETE ? JobState.RUNNING : JobState.SUCCEEDED,
                null,
                0,
                pass,
                new WrongRowCounts(missing, 0, 0, 0, 0, 0, 0, 0, null),
                null,
                0,
                null);
        return new EventComposer(
                job -> known ? Optional.of(snapshot) : Optional.empty(),
                (job, tenant) -> Optional.of(new AskGate.Found(facts, false)));
    }
}
