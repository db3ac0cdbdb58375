package dev.backfleet.common.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** How a rollout is stored in the control schema: as JSON with an ISO 8601 duration, which PostgreSQL reads as an interval. */
public final class RolloutJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private RolloutJson() {}

    /** The rollout as JSON. */
    public static String write(Rollout rollout) {
        try {
            return MAPPER.writeValueAsString(rollout);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a rollout cannot be written as JSON", e);
        }
    }

    /**
     * The rollout that {@code json} holds.
     *
     * @throws IllegalArgumentException if it is not one that this version knows
     */
    public static Rollout read(String json) {
        try {
            return MAPPER.readValue(json, Rollout.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a stored rollout is not one that this version of Backfleet knows", e);
        }
    }
}
