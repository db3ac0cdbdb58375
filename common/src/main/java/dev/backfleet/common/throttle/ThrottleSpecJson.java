package dev.backfleet.common.throttle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** How what a spec says about the throttle is stored in the control schema. */
public final class ThrottleSpecJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ThrottleSpecJson() {}

    /** As JSON. */
    public static String write(ThrottleSpec spec) {
        try {
            return MAPPER.writeValueAsString(spec);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a throttle's spec cannot be written as JSON", e);
        }
    }

    /**
     * What {@code json} holds.
     *
     * @throws IllegalArgumentException if it is not one that this version knows
     */
    public static ThrottleSpec read(String json) {
        try {
            return MAPPER.readValue(json, ThrottleSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a stored throttle is not one that this version of Backfleet knows", e);
        }
    }
}
