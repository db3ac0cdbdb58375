package dev.backfleet.standalone.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.notify.EventComposer;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.StoredEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

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
}
