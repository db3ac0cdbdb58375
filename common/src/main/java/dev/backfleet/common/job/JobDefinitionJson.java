package dev.backfleet.common.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** How a job definition is stored in the control schema: as JSON with ISO 8601 durations. */
public final class JobDefinitionJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private JobDefinitionJson() {}

    /** The definition as JSON. */
    public static String write(JobDefinition definition) {
        try {
            return MAPPER.writeValueAsString(definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a job definition cannot be written as JSON", e);
        }
    }

    /**
     * The definition that {@code json} holds.
     *
     * @throws IllegalArgumentException if it is not one that this version knows
     */
    public static JobDefinition read(String json) {
        try {
            return MAPPER.readValue(json, JobDefinition.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a stored job definition is not one that this version of Backfleet knows", e);
        }
    }
}
