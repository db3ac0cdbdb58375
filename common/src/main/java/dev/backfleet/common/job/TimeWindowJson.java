package dev.backfleet.common.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** How a time window is stored in the control schema: as JSON with ISO 8601 times. */
public final class TimeWindowJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private TimeWindowJson() {}

    /** The window as JSON. */
    public static String write(TimeWindow window) {
        try {
            return MAPPER.writeValueAsString(window);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a time window cannot be written as JSON", e);
        }
    }

    /**
     * The window that {@code json} holds.
     *
     * @throws IllegalArgumentException if it is not one that this version knows
     */
    public static TimeWindow read(String json) {
        try {
            return MAPPER.readValue(json, TimeWindow.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a stored time window is not one that this version of Backfleet knows", e);
        }
    }
}
